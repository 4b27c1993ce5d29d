#Requires -Version 7.2
# A world of its own on a keyfactor-mock server for each Pester test of a script. README.md says which server.

$ProgressPreference = 'SilentlyContinue'
$script:Server = $null
$Variables = 'KFMOCK_HTTP_URL', 'KFMOCK_URL', 'KFMOCK_ADMIN_URL', 'KEYFACTOR_API_PATH', 'KEYFACTOR_CA_CERT'

# Runs a test in a world: Use-KeyfactorMock 'name' { param($kfmock) … }. If it fails, the message has the last exchanges and the rules.
function Use-KeyfactorMock {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [scriptblock] $Test)
    if (-not $script:Server) { $script:Server = Find-Server }
    $place = [Text.Encoding]::UTF8.GetBytes("$(Split-Path -Leaf $MyInvocation.ScriptName) $Name")
    $digest = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($place)).Substring(0, 8)
    $readable = $Name -replace '[^A-Za-z0-9._-]+', '-'
    $world = [KeyfactorMockWorld]::new($script:Server, $readable.Substring(0, [Math]::Min(48, $readable.Length)) + "-$digest")
    try {
        & $Test $world
        $world.Finish()
    } catch {
        if ($_.FullyQualifiedErrorId -like 'PesterTest*') { throw } # Set-ItResult
        throw "$($_.Exception.Message)`n`nkeyfactor-mock, world $($world.Name)`n$($world.Summary())"
    } finally { $world.Drop() }
}

# The server that the environment names, as exec sets it, or else one that is started and ends with this process.
function Find-Server {
    $found = foreach ($each in $Variables) { "$([Environment]::GetEnvironmentVariable($each))" }
    if (-not ($found[0] + $found[1])) { $process, $found = Start-Server }
    $http, $https, $admin, $path, $ca = $found
    if ($ca -and -not (Test-Path -LiteralPath $ca)) { throw "The CA file $ca, which KEYFACTOR_CA_CERT names, does not exist." }
    $base = if ($http) { $http } else { $https }
    if (-not $admin) { $admin = "$base/_mock" }
    $api = if ($path) { '/' + $path.Trim('/') } else { '/KeyfactorAPI' }
    @{ Base = $base; Https = $https; Process = $process; Admin = $admin; Api = $api }
}

function Start-Server {
    $binary = if ($env:KEYFACTOR_MOCK_BINARY) { $env:KEYFACTOR_MOCK_BINARY } else { 'keyfactor-mock' }
    $how = [Diagnostics.ProcessStartInfo]::new($binary)
    $how.RedirectStandardInput = $how.RedirectStandardOutput = $how.RedirectStandardError = $true
    # It says what exec has set, and ends when the tests end, even if they are killed; then the server stops.
    $command = "printf '%s\n' $(($Variables | ForEach-Object { "`"`$$_`"" }) -join ' '); exec cat"
    foreach ($each in 'exec', '--http-port', '0', '--https-port', '0', '--', 'sh', '-c', $command) { $how.ArgumentList.Add($each) }
    try { $process = [Diagnostics.Process]::Start($how) } catch {
        if ($env:KEYFACTOR_MOCK_BINARY) { throw "$binary cannot be run: $($_.Exception.InnerException.Message)" }
        throw 'keyfactor-mock was not found: set KFMOCK_URL or KEYFACTOR_MOCK_BINARY, or add it to PATH.'
    }
    $log = $process.StandardError.ReadToEndAsync()
    $lines = foreach ($each in $Variables) { "$($process.StandardOutput.ReadLine())" }
    if (-not $lines[-1]) { throw "$binary did not start: $($log.Result -replace '\s+', ' ')" }
    $process, $lines
}

# Sends a request to the control interface. A body that is a string is sent as it is, YAML or JSON, anything else as JSON.
function Invoke-Control([hashtable] $Server, [string] $Method, [string] $Page, [object] $Body) {
    $request = @{ Uri = "$($Server.Admin)/$Page"; Method = $Method; SkipHttpErrorCheck = $true; NoProxy = $true; TimeoutSec = 630 }
    if ($null -ne $Body) {
        if ($Body -isnot [string]) { $Body = ConvertTo-Json -InputObject $Body -Depth 30 -Compress }
        $request.Body = [Text.Encoding]::UTF8.GetBytes($Body)
        $request.ContentType = 'application/json'
    }
    if ($env:KEYFACTOR_MOCK_ADMIN_TOKEN) { $request.Headers = @{ 'X-Mock-Token' = $env:KEYFACTOR_MOCK_ADMIN_TOKEN } }
    try { $reply = Invoke-WebRequest @request -ErrorAction Stop } catch {
        if ($Server.Process -and $Server.Process.WaitForExit(1000)) {
            throw "The keyfactor-mock that was started for the tests has ended, with exit code $($Server.Process.ExitCode)."
        }
        throw "No keyfactor-mock answers at $($Server.Admin): $($_.Exception.Message)"
    }
    $text = [Text.Encoding]::UTF8.GetString($reply.RawContentStream.ToArray())
    if ($reply.StatusCode -eq 401) {
        throw "keyfactor-mock at $($Server.Admin) only obeys who knows its --admin-token, expected in KEYFACTOR_MOCK_ADMIN_TOKEN."
    }
    if ($reply.StatusCode -ge 300) {
        if ($text.StartsWith('{"error"')) { $text = (ConvertFrom-Json $text).error }
        throw "$Method $($Server.Admin)/${Page}: $($reply.StatusCode) $text"
    }
    if ("$($reply.Headers['Content-Type'])" -like '*json*') { , (ConvertFrom-Json $text -NoEnumerate) } else { $text }
}

# An isolated copy of everything: estate, clock, rules, journal, tokens.
class KeyfactorMockWorld {
    [string] $Name; [string] $Url; [string] $HttpsUrl; [string] $TokenUrl
    hidden [hashtable] $Server
    hidden [object[]] $Rules = @(); hidden [object[]] $Expected = @(); hidden [object[]] $Scripts = @()
    hidden [string] $Scenario; hidden [bool] $Changed
    KeyfactorMockWorld([hashtable] $server, [string] $name) {
        $this.Server = $server
        $this.Name = $name
        $this.Url = "$($server.Base)/w/$name$($server.Api)"
        if ($server.Https) { $this.HttpsUrl = "$($server.Https)/w/$name$($server.Api)" }
        $this.TokenUrl = "$($server.Base)/w/$name/oauth2/token"
        $this.Drop()
        $null = Invoke-Control $server POST worlds @{ name = $name }
    }
    [void] Drop() { try { $null = Invoke-Control $this.Server DELETE "worlds/$($this.Name)" $null } catch { Write-Debug "$_" } }
    [object] Control([string] $method, [string] $page, [object] $body) {
        $this.Changed = $this.Changed -or $method -ne 'GET'
        return Invoke-Control $this.Server $method "worlds/$($this.Name)/$page" $body
    }

    [void] Patch([object] $estate) { $null = $this.Control('PATCH', 'estate', $estate) }
    [void] Load([string] $text) {
        $null = $this.Control('PUT', 'scenario', $text)
        $this.Scenario, $this.Scripts, $this.Changed = $text, @(), $false
    }

    # A rule: On('POST', '/OrchestratorJobs/Custom', @{ calls = '1-2' }).Refuse('unavailable'); the keys are those of rules in scenario
    # files, and times = 2 is calls = '1-2'. A test that gives a rule no effect fails. The operation 'token' is the token endpoint.
    [KeyfactorMockRule] On([string] $method, [string] $path, [hashtable] $keys) {
        $body = $keys.Clone()
        $body['operation'] = "$method $path".Trim()
        if ($body['times']) { $body['calls'] = "1-$($body['times'])" }
        $body.Remove('times')
        $this.Rules += [KeyfactorMockRule]::new($this, "rule-$($this.Rules.Count + 1)", $body)
        return $this.Rules[-1]
    }
    [KeyfactorMockRule] On([string] $method, [string] $path) { return $this.On($method, $path, @{}) }

    # The progress of jobs: 'InProcess', 'Completed:Failure:disk full'. Call it first, because it restarts the world.
    [void] ScriptJob([string] $jobType, [string[]] $steps) {
        if ($this.Changed -or $this.Requests().Count) { throw 'call ScriptJob before requests, rules and other changes: it restarts the world' }
        if (-not $this.Scenario) { $this.Scenario = $this.Control('GET', 'scenario', $null) }
        $full = foreach ($each in $steps) {
            $parts, $step = ($each -split ':', 3), @{}
            for ($n = 0; $n -lt $parts.Count; $n++) { $step[('state', 'result', 'message')[$n]] = $parts[$n] }
            $step
        }
        $this.Scripts += @{ match = @{ jobType = $jobType }; steps = @($full) }
        $part = ConvertTo-Json -InputObject $this.Scripts -Depth 30 -Compress
        $null = $this.Control('PUT', 'scenario', "$($this.Scenario)`nprogress: $part`n")
        $this.Changed = $false
    }

    [int] Advance([timespan] $by) { return $this.Control('POST', 'clock/advance', @{ by = "$([long] $by.TotalMilliseconds)ms" }).ran }
    [object[]] Requests([string] $method, [string] $path) {
        $chosen = if ($method) { '&operation=' + [uri]::EscapeDataString("$method $path".Trim()) } else { '' }
        $journal = $this.Control('GET', "journal?order=oldest&limit=100000&strict=true$chosen", $null)
        if ($journal.evicted) { throw 'the journal has dropped exchanges: use Expect and Verify, which allow for that' }
        return @($journal.exchanges)
    }
    [object[]] Requests() { return $this.Requests('', '') }
    [object[]] Jobs() { return @($this.Control('GET', 'jobs', $null)) }
    [object[]] JobsOver() { return @($this.Control('GET', 'jobs/over', $null)) }
    [void] Expect([hashtable] $expectation) { $this.Expected += $expectation }
    [void] Verify() { $this.Judge('verify', @{}) }
    [void] Await([timespan] $timeout) { $this.Judge('await', @{ timeout = "$([long] $timeout.TotalMilliseconds)ms" }) }

    hidden [void] Judge([string] $page, [hashtable] $body) {
        if ($this.Expected.Count) { $body['expect'] = $this.Expected }
        $this.Expected = @()
        $unmet = @($this.Control('POST', "${page}?strict", $body).results | Where-Object verdict -NE met)
        if ($unmet.Count) { throw (ConvertTo-Json -InputObject $unmet -Depth 30) }
    }

    [void] Finish() {
        if ($this.Expected.Count) { $this.Verify() }
        $idle = @($this.Rules | Where-Object { -not $_.Body.ContainsKey('do') })
        if ($idle.Count) { throw "On(…) was given no effect, such as Refuse(…): $($idle[0].Body['operation'])" }
    }

    [string] Summary() {
        try {
            $last = @($this.Control('GET', 'journal?order=newest&limit=10', $null).exchanges | ForEach-Object {
                "$($_.n) $($_.method) $($_.path) -> $($_.status) $($_.rule) $($_.why)" })
            [array]::Reverse($last)
            $struck = $this.Control('GET', 'rules', $null) | ForEach-Object {
                "rule $($_.name) ($($_.operation)) struck $($_.strikes) of $($_.matches): $($_.do -join ', ')" }
            return ($last + @($struck)) -join "`n"
        } catch { return $_.Exception.Message }
    }
}

# A rule for some requests. Each method adds an effect; 'request' is the stage before the work, 'reply' the one after it.
class KeyfactorMockRule {
    hidden [object] $World; hidden [string] $Name; hidden [hashtable] $Body; hidden [object[]] $Effects = @()
    KeyfactorMockRule([object] $world, [string] $name, [hashtable] $body) { $this.World, $this.Name, $this.Body = $world, $name, $body }

    # Adds any effects as scenario files write them; none at all, Does(@()), strikes too.
    [KeyfactorMockRule] Does([object[]] $effects) {
        $this.Effects += $effects
        $this.Body['do'] = $this.Effects
        $null = $this.World.Control('PUT', "rules/$($this.Name)?strict", $this.Body)
        return $this
    }
    # Sends a named failure (keyfactor-mock failures), or @{ status = 418; message = '…' }. No work is done.
    [KeyfactorMockRule] Refuse([object] $failure) { return $this.Does(@{ refuse = $failure }) }
    [KeyfactorMockRule] Answer([hashtable] $response) { return $this.Does(@{ answer = $response }) }
    [KeyfactorMockRule] Alter([hashtable] $what) { return $this.Does(@{ alter = $what }) }
    [KeyfactorMockRule] Change([hashtable] $estate) { return $this.Does(@{ change = $estate }) }
    [KeyfactorMockRule] Delay([string] $by, [string] $at) { return $this.Does(@{ delay = $by; at = $at }) }
    [KeyfactorMockRule] Breaks([string] $how) { return $this.Does(@{ 'break' = $how }) }
    [KeyfactorMockRule] Reset([string] $at) { return $this.Does(@{ 'break' = 'reset'; at = $at }) }
    [KeyfactorMockRule] Close([string] $at) { return $this.Does(@{ 'break' = 'close'; at = $at }) }
    [KeyfactorMockRule] Truncate([string] $keep) { return $this.Does(@{ 'break' = 'truncate'; keep = $keep }) }
    [void] Remove() { $null = $this.World.Control('DELETE', "rules/$($this.Name)", $null) }
}

$ExecutionContext.SessionState.Module.OnRemove = { if ($script:Server.Process) { $script:Server.Process.StandardInput.Close() } }
Export-ModuleMember -Function Use-KeyfactorMock
