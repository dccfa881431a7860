"""How long a large file takes into the registry, and how long others wait meanwhile.

bench_import.py [ROWS]: $TEST_DAEMON should be a release build. Prints, for a first import, the same
file again and the same rows changed: seconds until the answer (the registry is in force then) and the
longest time that /livez took on the side. Shares of the client's own work are in both.
"""

import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

from daemon import Daemon  # noqa: E402

HEAD = "code,unit,kind,title,categories,areas,capacity,hours,valid_from,valid_to\n"


def rows(count):
    return HEAD + "".join(
        f"big-{i:07d},dept-urban,venue,第{i}号会议室,01.01;02.01;03,140213;140213057,{i % 7 + 1},"
        "工作日九点到五点,2025-01-01,2027-12-31\n" for i in range(count))


def watch(client, stop, longest):
    while not stop.is_set():
        begun = time.monotonic()
        client.get("/livez")
        longest[0] = max(longest[0], time.monotonic() - begun)
        time.sleep(0.002)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    daemon = Daemon()
    stop, longest = threading.Event(), [0.0]
    thread = threading.Thread(target=watch, args=(daemon.client(), stop, longest))
    thread.start()
    try:
        daemon.import_sample()
        text = rows(count)
        print(f"{count} rows, {len(text.encode()) / 1e6:.1f} MB")
        for what, file in (("first", text), ("again", text),
                           ("changed", text.replace("会议室", "礼堂"))):
            longest[0], begun = 0.0, time.monotonic()
            done = daemon.admin.import_csv("resources", file, timeout=600)
            assert done.status == 200, done
            print(f"{what:8} {time.monotonic() - begun:6.2f} s, others waited at most "
                  f"{longest[0]:.3f} s")
    finally:
        stop.set()
        thread.join()
        daemon.stop()


main()
