"""Writes manual pages from the program's own description of its commands: packaging/manual.py BINARY OUTPUT."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from parts import run, version_of

NAME = "keyfactor-mock"


def escaped(text: str) -> str:
    """Text for roff: hyphens that can be copied, and no line that begins like a request."""
    safe = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga").replace("^", "\\(ha").replace("~", "\\(ti")
    return "\\&" + safe if safe.startswith(".") else safe


def prose(text: str) -> list[str]:
    """Paragraphs; indented lines stay as they are."""
    lines = []
    for block in text.split("\n\n"):
        is_code = all(line.startswith("  ") for line in block.splitlines())
        body = [escaped(line) for line in block.splitlines()]
        lines += [".PP", *([".EX", *body, ".EE"] if is_code else body)]
    return lines


def spelt(argument: dict[str, Any]) -> str:
    """An option or argument with its value, in bold and italics."""
    value = f"\\fI{escaped(argument['valueName'])}\\fR"
    if argument["kind"] == "positional":
        before = "\\-\\- " if argument["parsingStrategy"] == "postTerminator" else ""
        return before + value + (" …" if argument["isRepeating"] else "")
    names = [("\\-" if each["kind"] == "short" else "\\-\\-") + escaped(each["name"]) for each in argument["names"]]
    return ", ".join(f"\\fB{name}\\fR" for name in names) + (f" {value}" if argument["kind"] == "option" else "")


def page(command: dict[str, Any], version: str) -> str:
    """The page of one command."""
    path = [*command.get("superCommands", []), command["commandName"]]
    name, shown = "-".join(path), [each for each in command.get("arguments", []) if each["shouldDisplay"]]
    positional = [each for each in shown if each["kind"] == "positional"]
    subcommands = [each for each in command.get("subcommands", []) if each["commandName"] != "help"]
    synopsis = [f".B {escaped(' '.join(path))}", "[\\fIoptions\\fR]", *(["\\fIcommand\\fR"] if subcommands else []), *map(spelt, positional)]
    lines = [
        f'.TH {name.upper()} 1 "" "{NAME} {version}" "User Commands"',
        ".SH NAME", f"{escaped(name)} \\- {escaped(command['abstract'][:1].lower() + command['abstract'][1:].rstrip('.'))}",
        ".SH SYNOPSIS", *synopsis,
    ]
    lines += [".SH DESCRIPTION", escaped(command["abstract"]), *(prose(command["discussion"]) if command.get("discussion") else [])]
    if subcommands:
        lines.append(".SH COMMANDS")
        for each in subcommands:
            lines += [".TP", f".BR {escaped(name + '-' + each['commandName'])} (1)", escaped(each["abstract"])]
    lines.append(".SH OPTIONS")
    for each in shown:
        default = f" The default is {escaped(each['defaultValue'])}." if each.get("defaultValue") else ""
        lines += [".TP", spelt(each), escaped(each.get("abstract", "")) + default]
    if command.get("superCommands"):
        lines += [".SH SEE ALSO", f".BR {escaped(NAME)} (1)"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes a page for the program, for each of its commands, and for each of theirs."""
    binary, output = (Path(each).resolve() for each in sys.argv[1:])
    output.mkdir(parents=True, exist_ok=True)
    program = json.loads(run(binary, "--experimental-dump-help"))["command"]
    commands = [program]
    for command in commands:
        commands += [each for each in command.get("subcommands", []) if each["commandName"] != "help"]
        name = "-".join([*command.get("superCommands", []), command["commandName"]])
        (output / f"{name}.1").write_text(page(command, version_of(binary)))


if __name__ == "__main__":
    main()
