"""The files of the folder scenarios/, as they stand."""

from support.mock import ROOT

FOLDER = ROOT / "scenarios"
NAMES = sorted(file.stem for file in FOLDER.glob("*.yaml"))


def text(name):
    """The scenario's file."""
    return (FOLDER / f"{name}.yaml").read_text()


def class_of(name):
    """The name of the class that tests a scenario: TestLostReply for lost-reply."""
    return "Test" + "".join(word.capitalize() for word in name.split("-"))


def name_of(test_class):
    """The scenario that a class tests."""
    return next(each for each in NAMES if class_of(each) == test_class.__name__)
