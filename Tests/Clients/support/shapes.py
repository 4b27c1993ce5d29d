"""Requests byte for byte in the shape that a client gives them: which header fields, in which order and case, and how JSON looks."""

import json

from support.mock import basic

LOGIN = basic("EXAMPLE\\ops", "Pa55:w:ord")


def message(line, headers, body=b""):
    """A request from its first line, its header fields as (name, value), and its body."""
    head = [line + " HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*head, "", ""]).encode() + body


def go_sdk(line, body=None, host="localhost:443", login=LOGIN):
    """keyfactor-go-client-sdk v2: members sorted, a line feed after the body, Accept only where an answer is expected."""
    content = b"" if body is None else (json.dumps(body, sort_keys=True, separators=(",", ":")) + "\n").encode()
    headers = [("Host", host), ("User-Agent", "OpenAPI-Generator/1.0.0/go")]
    if body is not None:
        headers.append(("Content-Length", len(content)))
    if not line.endswith("/Schedule"):
        headers.append(("Accept", "application/json"))
    headers.append(("Authorization", login))
    if body is not None:
        headers.append(("Content-Type", "application/json"))
    headers += [("x-keyfactor-api-version", "1"), ("x-keyfactor-requested-with", "APIClient"), ("Accept-Encoding", "gzip")]
    return message(line, headers, content)


def go_login(host="localhost"):
    """The log-in probe of every Go client: Content-Type without a body."""
    return message("GET /KeyfactorAPI/Status/Endpoints", [
        ("Host", host), ("User-Agent", "Go-http-client/1.1"), ("Accept", "application/json"), ("Authorization", LOGIN),
        ("Content-Type", "application/json"), ("X-Keyfactor-Api-Version", "1"), ("X-Keyfactor-Requested-With", "APIClient"),
        ("Accept-Encoding", "gzip")])


def go_client(line, body=b"null", host="localhost"):
    """keyfactor-go-client v2 and v3 (kfutil, Terraform): a GET or DELETE without payload carries the body `null`."""
    return message(line, [
        ("Host", host), ("User-Agent", "Go-http-client/1.1"), ("Content-Length", len(body)), ("Accept", "application/json"),
        ("Authorization", LOGIN), ("Content-Type", "application/json"), ("X-Keyfactor-Api-Version", "1"),
        ("X-Keyfactor-Requested-With", "APIClient"), ("Accept-Encoding", "gzip")], body)


def go_client_again(line, body=b"null"):
    """The same client's repetition after a time-out: it has lost log-in, Content-Type and every x-keyfactor header."""
    return message(line, [
        ("Host", "localhost:8443"), ("User-Agent", "Go-http-client/1.1"), ("Content-Length", len(body)), ("Accept-Encoding", "gzip")], body)


def java_sdk(line, body=None):
    """keyfactor-java-client-sdk: lower-case header fields, Host near the end, a charset after the media type."""
    content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    headers = [("Authorization", LOGIN), ("x-keyfactor-requested-with", "APIClient")]
    if not line.endswith("/Schedule"):
        headers.append(("Accept", "application/json"))
    headers += [("x-keyfactor-api-version", "1"), ("User-Agent", "OpenAPI-Generator/v1/java")]
    if body is not None:
        headers += [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", len(content))]
    headers += [("Host", "localhost:8443"), ("Connection", "Keep-Alive"), ("Accept-Encoding", "gzip")]
    return message(line, headers, content)


def python_11(line, body=None, headers=(("X-Keyfactor-Requested-With", "APIClient"),)):
    """keyfactor-command-sdk 11: httpx 0.28, members that begin with a small letter, no API version; async calls send no `headers`."""
    content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    fields = [
        ("Host", "localhost:8443"), ("Accept", "*/*"), ("Accept-Encoding", "gzip, deflate"), ("Connection", "keep-alive"),
        ("User-Agent", "python-httpx/0.28.1"), ("Authorization", LOGIN), *headers]
    if body is not None:
        fields += [("Content-Length", len(content)), ("Content-Type", "application/json")]
    return message(line, fields, content)


def python_1(line, body=None):
    """keyfactor-v-1-client: httpx 0.23, blanks after `:` and `,`."""
    content = b"" if body is None else json.dumps(body).encode()
    fields = [
        ("Host", "localhost:8443"), ("Accept", "*/*"), ("Accept-Encoding", "gzip, deflate"), ("Connection", "keep-alive"),
        ("User-Agent", "python-httpx/0.23.3"), ("Authorization", LOGIN), ("x-keyfactor-api-version", "1"),
        ("x-keyfactor-requested-with", "APIClient")]
    if body is not None:
        fields += [("Content-Length", len(content)), ("Content-Type", "application/json")]
    return message(line, fields, content)


def powershell(line, content=None):
    """Invoke-RestMethod in scripts: XMLHttpRequest, version 1.0, and JSON as ConvertTo-Json writes it, which the caller gives."""
    body = (content or "").encode()
    headers = [
        ("Authorization", LOGIN), ("x-keyfactor-requested-with", "XMLHttpRequest"), ("x-keyfactor-api-version", "1.0"),
        ("User-Agent", "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.20348.2031")]
    if content is not None:
        headers.append(("Content-Type", "application/json"))
    headers.append(("Host", "localhost:8443"))
    if content is not None:
        headers.append(("Content-Length", len(body)))
    return message(line, headers, body)
