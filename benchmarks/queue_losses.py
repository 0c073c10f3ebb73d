"""What a queue of huey loses when its worker is killed: the measure behind ADR 13.

python -m benchmarks.queue_losses
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from huey import SqliteHuey
from huey.consumer import Consumer

TASKS, EACH_S, KILLS = 40, 0.05, 5


def _queue(folder: Path) -> tuple[SqliteHuey, object]:
    huey = SqliteHuey(filename=str(folder / "queue"), results=False)

    @huey.task()
    def mark(number: int) -> None:
        time.sleep(EACH_S)
        (folder / f"done-{number}").touch()

    return huey, mark


def _done(folder: Path) -> int:
    return len(list(folder.glob("done-*")))


def _worker(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "benchmarks.queue_losses", str(folder)])


def main() -> None:
    """Put tasks in, kill the worker some times, let one end in peace, count."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        huey, mark = _queue(folder)
        for number in range(TASKS):
            mark(number)
        for kill in range(KILLS):
            worker = _worker(folder)
            enough = _done(folder) + 3
            while _done(folder) < enough and huey.pending_count():
                time.sleep(0.005)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            sys.stdout.write(
                f"kill {kill + 1}: {_done(folder)} done, {huey.pending_count()} left\n"
            )
        worker = _worker(folder)
        while huey.pending_count():
            time.sleep(0.1)
        time.sleep(1)
        worker.send_signal(signal.SIGTERM)
        worker.wait()
        lost = TASKS - _done(folder)
        sys.stdout.write(f"{TASKS} tasks, {KILLS} kills, {_done(folder)} done, {lost} lost\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        queue, _ = _queue(Path(sys.argv[1]))
        Consumer(queue, workers=2, initial_delay=0.01, max_delay=0.05).run()
        os._exit(0)
    main()
