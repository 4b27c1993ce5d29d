"""Completions for shells, as releases ship them: made by the program, judged by bash."""

import subprocess

import pytest

from support.mock import BINARY, PATIENCE

# Asks the function that the script registers, as bash does when Tab is pressed after the words given.
TAB = """
source /dev/stdin
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
register=$(complete -p keyfactor-mock)
function=${register##*-F }
${function%% *} keyfactor-mock "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def script(shell):
    return subprocess.run([BINARY, "--generate-completion-script", shell], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout


@pytest.mark.parametrize(
    "words, offered",
    [
        (["hea"], ["healthcheck"]),
        (["serve", "--log-f"], ["--log-format"]),
        (["serve", "--product", "2"], ["24.4", "25.4"]),
        (["lint", "lost"], ["lost.yaml"]),
        (["serve", "--scenario", "lost"], ["lost.yaml"]),
        (["serve", "--ca-dir", "fold"], ["folder"]),
    ],
)
def test_bash_offers(words, offered, tmp_path):
    (tmp_path / "lost.yaml").write_text("scenario: lost\\n")
    (tmp_path / "lost.txt").write_text("")
    (tmp_path / "folder").mkdir()
    command = ["bash", "-c", TAB, "bash", "keyfactor-mock", *words]
    said = subprocess.run(command, input=script("bash"), capture_output=True, text=True, timeout=PATIENCE, cwd=tmp_path)
    assert said.stderr == "" and said.stdout.split() == offered


@pytest.mark.parametrize("shell, beginning", [("zsh", "#compdef keyfactor-mock"), ("fish", "function __keyfactor-mock")])
def test_other_shells_have_a_script_too(shell, beginning):
    assert script(shell).startswith(beginning) and "healthcheck" in script(shell)
