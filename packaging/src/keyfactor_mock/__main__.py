"""The command keyfactor-mock: becomes the program of this package, which so gets every argument, signal and stream as it is."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from keyfactor_mock.server import BUNDLED


def main() -> NoReturn:
    """Replaces this process by the program."""
    program = os.environ.get("KEYFACTOR_MOCK_BINARY") or str(BUNDLED)
    try:
        os.execv(program, ["keyfactor-mock", *sys.argv[1:]])
    except OSError as error:
        sys.exit(f"keyfactor-mock: {program} cannot be run: {error.strerror}")


if __name__ == "__main__":
    main()
