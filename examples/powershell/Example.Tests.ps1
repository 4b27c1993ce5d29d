# Example tests of a small client. The client comes first; in your project it is the script that you ship.
BeforeAll {
    Import-Module "$PSScriptRoot/KeyfactorMock.psm1" -Force

    $Headers = @{ 'x-keyfactor-requested-with' = 'APIClient' }

    # Schedules a job on the agent of a machine and returns the job's id. Retries while the server is down.
    function New-Job([string] $Url, [string] $Machine) {
        $agent = Invoke-RestMethod "$Url/Agents" -Headers $Headers | ForEach-Object { $_ } | Where-Object ClientMachine -EQ $Machine
        $body = @{ AgentId = $agent.AgentId; JobTypeName = 'SampleCustomJobType'; JobFields = @{ ParamInt = '1' } } | ConvertTo-Json
        foreach ($left in 2..0) {
            try {
                $how = @{ Method = 'Post'; Headers = $Headers; Body = $body; ContentType = 'application/json' }
                return (Invoke-RestMethod "$Url/OrchestratorJobs/Custom" @how).JobId
            } catch {
                if ([int] $_.Exception.Response.StatusCode -ne 503 -or $left -eq 0) { throw }
            }
        }
    }

    # How the last run of a job ended: 0 while it is not over, 2 success, 4 failure.
    function Get-JobResult([string] $Url, [string] $Job) {
        $query = [uri]::EscapeDataString("JobId -eq `"$Job`"")
        $history = Invoke-RestMethod "$Url/OrchestratorJobs/JobHistory?QueryString=$query" -Headers $Headers
        @($history)[-1].Result
    }
}

Describe 'New-Job' {
    It 'gives one job to a server that is down twice' {
        Use-KeyfactorMock 'a server that is down twice gets one job' {
            param($kfmock)
            $null = $kfmock.On('POST', '/OrchestratorJobs/Custom', @{ times = 2 }).Refuse('unavailable')
            $job = New-Job $kfmock.Url 'uo-1'
            $sent = $kfmock.Requests('POST', '/OrchestratorJobs/Custom')
            $sent.status | Should -Be 503, 503, 200
            $sent.body | Select-Object -Unique | Should -HaveCount 1
            $kfmock.Jobs().id | Should -Be $job
        }
    }

    It 'makes no second job when a reply is lost' {
        Use-KeyfactorMock 'a lost reply makes no second job' {
            param($kfmock)
            $null = $kfmock.On('POST', '/OrchestratorJobs/Custom').Reset('reply')
            { New-Job $kfmock.Url 'uo-1' } | Should -Throw
            $kfmock.Requests('POST', '/OrchestratorJobs/Custom').effect | Should -Be 'committed'
            $kfmock.Expect(@{ jobs = @{}; count = 1 })
        }
    }

    It 'sees that a job fails later' {
        Use-KeyfactorMock 'a job fails later' {
            param($kfmock)
            $kfmock.ScriptJob('SampleCustomJobType', @('InProcess', 'Completed:Failure:disk full'))
            $job = New-Job $kfmock.Url 'uo-1'
            Get-JobResult $kfmock.Url $job | Should -Be 0
            Get-JobResult $kfmock.Url $job | Should -Be 4
            $kfmock.JobsOver().message | Should -Be 'disk full'
        }
    }
}
