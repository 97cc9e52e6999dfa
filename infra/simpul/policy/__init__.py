"""The rules that a city keeps, and how they are held against it: in the program, in a policy pack, over files.

Rules are `policies/<group>/<rule>.py`, found by folder. Subjects enter (`subject.py`), findings leave.
"""

from simpul.policy.finding import Finding, Findings
from simpul.policy.judge import Judge, check
from simpul.policy.load import load
from simpul.policy.rule import Breach, Rule, Source, choice, law
from simpul.policy.subject import (
    UNKNOWN,
    Declaration,
    Estate,
    Frame,
    Machine,
    Manifest,
    Namespace,
    Options,
    Resource,
    Stack,
    Subject,
    dig,
    entries,
    leaves,
    only,
)
from simpul.policy.waiver import Waiver

__all__ = [
    "UNKNOWN",
    "Breach",
    "Declaration",
    "Estate",
    "Finding",
    "Findings",
    "Frame",
    "Judge",
    "Machine",
    "Manifest",
    "Namespace",
    "Options",
    "Resource",
    "Rule",
    "Source",
    "Stack",
    "Subject",
    "Waiver",
    "check",
    "choice",
    "dig",
    "entries",
    "law",
    "leaves",
    "load",
    "only",
]
