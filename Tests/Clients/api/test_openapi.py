"""The description of the API is OpenAPI."""

import json

import openapi_spec_validator
import pytest


def test_the_description_is_valid(mock):
    reply = mock.ask("GET", "/_mock/openapi.json")
    assert (reply.status, reply.header("Content-Type")) == (200, "application/json")
    assert reply.json["openapi"] == "3.1.0"
    openapi_spec_validator.validate(reply.json)


@pytest.mark.parametrize("product", ["10.5", "11.6", "12.3", "24.4"])
def test_the_description_of_an_earlier_release_is_valid(serve, product):
    openapi_spec_validator.validate(serve("", "--product", product).ask("GET", "/_mock/openapi.json").json)


def test_the_operations_described_are_those_that_the_server_lists(mock):
    paths = json.loads(mock.ask("GET", "/_mock/openapi.json").body)["paths"]
    described = {f"{method.upper()} {path}" for path, operations in paths.items() for method in operations}
    assert described == set(mock.get("/Status/Endpoints"))
