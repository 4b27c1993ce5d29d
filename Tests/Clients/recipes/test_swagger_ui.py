"""The commands in docs/TOOLS.md that show the description of the API in Swagger UI, as they stand but for `pip install`."""

import re

from support.document import Document
from support.recipe import Shell

[BLOCK] = [block for block in Document("docs/TOOLS.md").blocks if block.kind == "sh"]


def test_the_page_has_all_that_it_loads(tmp_path, mock):
    install, *commands, serve = BLOCK.text.split("\n")[:-1]
    assert install.startswith("pip install swagger-ui-py==") and serve.startswith("python3 -m http.server ")
    Shell(tmp_path, mock).run(*commands)
    page = (tmp_path / "swagger/index.html").read_text()
    loaded = re.findall(r'(?:href|src)="([^"]+)"|url: "([^"]+)"', page)
    assert [first or second for first, second in loaded] == ["swagger-ui.css", "swagger-ui-bundle.js", "openapi.json"]
    for file in loaded:
        assert (tmp_path / "swagger" / "".join(file)).stat().st_size > 1000
    [version] = re.findall(r'PACKAGE_VERSION:"(\d+)\.', (tmp_path / "swagger/swagger-ui-bundle.js").read_text())
    assert int(version) >= 5, "older ones do not read OpenAPI 3.1"
