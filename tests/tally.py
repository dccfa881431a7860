"""tally.py JUNIT.XML: counts the single tests in what ctest ran and ends with `N passed, N failed`
and, if any, `, N skipped`. A program that reports no single tests counts as one."""

import re
import sys
import xml.etree.ElementTree as xml

# cmocka, then pytest -v; ctest's fixtures are no tests.
PASSED = re.compile(r"^\[       OK \] \S+|^\S+::\S.* PASSED", re.M)
FAILED = re.compile(r"^\[  FAILED  \] \S+$|^\S+::\S.* (?:FAILED|ERROR)", re.M)
SKIPPED = re.compile(r"^\[  SKIPPED \] (\S+)$|^(\S+::\S.*?) SKIPPED(?: \((.*)\))?", re.M)


def count(case):
    """(passed, failed, names of skipped) of one entry of ctest."""
    status, output = case.get("status"), case.findtext("system-out") or ""
    if status in ("disabled", "notrun"):
        reason = case.find("skipped")
        why = reason.get("message", "") if reason is not None else ""
        if why.startswith("SKIP_"):  # the test itself says that it cannot run here
            return 0, 0, [output.strip().rpartition("\n")[2] or why]
        return (0, 0, [why]) if status == "disabled" else (0, 1, [])
    passed, failed = len(PASSED.findall(output)), len(set(FAILED.findall(output)))
    skipped = sorted({" ".join(filter(None, found)) for found in SKIPPED.findall(output)})
    if status == "fail":
        failed = max(failed, 1)
    elif passed + len(skipped) == 0:
        passed = 1
    return passed, failed, skipped


def main(path):
    try:
        cases = xml.parse(path).getroot().findall("testcase")
    except (OSError, xml.ParseError) as error:
        print(f"no result of ctest: {error}")
        print("0 passed, 1 failed")
        return 1
    passed = failed = 0
    skipped = []
    for case in cases:
        name = case.get("name")
        if name.startswith("pg.") and case.get("status") == "run":
            continue
        good, bad, left_out = count(case)
        passed, failed = passed + good, failed + bad
        skipped += [f"{name}: {what}" for what in left_out]
        if bad:
            print(f"FAILED {name} ({bad})")
    for line in skipped:
        print(f"SKIPPED {line}")
    tail = f", {len(skipped)} skipped" if skipped else ""
    print(f"{passed} passed, {failed} failed{tail}")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
