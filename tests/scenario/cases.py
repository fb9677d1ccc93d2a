"""Runs scenarios that are functions: each in a folder of its own, which stays if it failed."""

import shutil
import tempfile


def run_cases(names, run_case):
    """`run_case(name, folder)` gives a list of what failed. The exit status of the program."""
    failed = False
    for name in names:
        folder = tempfile.mkdtemp(prefix=f"mediad-scenario-{name}-")
        failures = run_case(name, folder)
        for failure in failures:
            print(f"FAIL {name}: {failure} (see {folder})")
        failed |= bool(failures)
        if not failures:
            shutil.rmtree(folder)
            print(f"ok {name}")
    return 1 if failed else 0
