"""What runs besides pages: mails going out, a matching, the night. Each may be killed and rerun.

Rows of the base say *what* is to be done (:mod:`webapp.operations.background`, the mails' table);
the queue (:mod:`.queue`) only says *when*: it may lose everything it holds (ADR 13).
"""

from webapp.jobs.matching import match_round
from webapp.jobs.nights import night
from webapp.jobs.posting import send_mails
from webapp.jobs.queue import Queue, queue_of
from webapp.jobs.work import Workshop

__all__ = ["Queue", "Workshop", "match_round", "night", "queue_of", "send_mails"]
