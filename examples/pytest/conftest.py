"""All that a project needs to have the fixture `kfmock`."""

pytest_plugins = ["keyfactor_mock"]
