"""`simpul lab down`: end and remove all that a lab is. Only the cache stays.

In: nothing; what there is is found by its records and by its name. Out: a machine as it was before, but for the cache
and Debian's packages, which are told.
"""

from __future__ import annotations

import shutil

from simpul.lab import daemon, engine, kernel, machine, network, prerequisite, registry
from simpul.lab.alone import alone
from simpul.lab.place import SERVERS, STATE
from simpul.lab.step import Report, step
from simpul.lab.up import BUNDLE
from simpul.project import CACHE, ROOT


def down(report: Report) -> None:
    """Take the lab down, also one that came up only halfway.

    Raises OutsideError for another user than root, and when something can't be removed.
    """
    with alone():
        with step(report, "Cloud stand-in"):
            daemon.stop("cloud")
        with step(report, "Databases, buckets and registries"):
            for name in daemon.find(SERVERS):
                daemon.stop(name)
        with step(report, "Hosts"):
            machine.stop_all()
        with step(report, "Registry and networks"):
            registry.stop()
            network.down()
        with step(report, "State") as progress:
            kernel.restore()
            for link in (engine.CONFIG, ROOT / BUNDLE):
                if link.is_symlink():
                    link.unlink()
            shutil.rmtree(STATE, ignore_errors=True)
            progress(f"{CACHE} stays, for the next lab")
            if packages := prerequisite.installed():
                progress(f"Debian's packages stay that a lab installed: apt-get remove {' '.join(packages)}")
