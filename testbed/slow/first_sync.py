import time

from testbed.pocket import sync
from testbed.pocket.api import Api
from testbed.pocket.cache import TABLES, Cache

BENCHMARK = "bench_sync[first sync]"
WHAT = "the app waits whenever it fetches records of which it has none yet"
MILLISECONDS = 0


def apply() -> None:
    honest = sync.bring

    def bring(api: Api, cache: Cache, entity: str) -> int:
        if not cache.position(entity):
            time.sleep(MILLISECONDS / 1000 / len(TABLES))
        return honest(api, cache, entity)

    sync.bring = bring
