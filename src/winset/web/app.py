"""The ASGI application: routes, threads and errors; ``create(settings)`` builds one.

It is one file because a route, its threads and what becomes of its errors are read together."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from winset import __version__
from winset.errors import WinsetError
from winset.trade.numerics.blas import stay_with_one_thread
from winset.web import answers, bodies, downloads, models, reading, sections, tabular
from winset.web.apart import Apart
from winset.web.guard import CALLER, CODES, Guard, Refusal
from winset.web.jobs import Jobs
from winset.web.settings import Settings
from winset.web.spoken import in_language, spoken

LOG = logging.getLogger("winset.web")
STATIC = Path(str(files("winset.web"))) / "static"

Pool = Literal["quick", "sectors", "long"]


class Threads:
    """Bounded pools beside the event loop: for equilibria, for worlds with sectors, for the rest.

    So a world of one sector answers at once whatever else is asked; the rest is done in a process of
    its own (`winset.web.apart`), for which a thread waits. Requests that take seconds have a
    bound of their own, and one caller may have only so many of them: a thread cannot be stopped, so
    each counts until it has ended, also where its caller was told that it took too long.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.quick = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="winset-quick")
        self.sectors = ThreadPoolExecutor(1, thread_name_prefix="winset-sectors")
        self.long = ThreadPoolExecutor(1, thread_name_prefix="winset-long")
        self.apart = Apart()
        self._lock = threading.Lock()
        self._quick = 0
        self._slow: Counter[str] = Counter()  # by caller

    async def run(
        self,
        work: Callable[..., Any],
        *arguments: Any,
        pool: Pool = "quick",
    ) -> Any:
        """Call `work` on a thread.

        Raises
        ------
        Refusal
            Too many are waiting, or it took too long.
        """
        caller = CALLER.get()
        self._enter(pool, caller)
        if pool == "long":
            future = self.long.submit(self.apart.call, work, *arguments)
        else:
            future = getattr(self, pool).submit(work, *arguments)
        future.add_done_callback(lambda _: self._leave(pool, caller))
        try:
            async with asyncio.timeout(self.settings.seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise Refusal(
                503, f"no answer within {self.settings.seconds:g} seconds.", **{"retry-after": "10"}
            ) from None

    def _enter(self, pool: Pool, caller: str) -> None:
        limits, words = self.settings, ""
        with self._lock:
            if pool == "quick":
                if self._quick >= limits.waiting:
                    words = "the server is busy."
                else:
                    self._quick += 1
            elif self._slow.total() >= limits.slow:
                words = "the server is busy with requests that take seconds."
            elif limits.slow_each is not None and self._slow[caller] >= limits.slow_each:
                words = f"{limits.slow_each} of your requests that take seconds are being answered."
            else:
                self._slow[caller] += 1
        if words:
            raise Refusal(429, f"{words} Come back in a second.", **{"retry-after": "1"})

    def _leave(self, pool: Pool, caller: str) -> None:
        with self._lock:
            if pool == "quick":
                self._quick -= 1
                return
            self._slow[caller] -= 1
            if not self._slow[caller]:
                del self._slow[caller]

    def close(self) -> None:
        """Take no more work."""
        for pool in (self.quick, self.sectors, self.long):
            pool.shutdown(wait=False, cancel_futures=True)
        self.apart.close()


def create(settings: Settings) -> FastAPI:
    """Build the application; in its process BLAS has one thread from now on."""
    stay_with_one_thread()
    threads, jobs = Threads(settings), Jobs(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        jobs.open()
        threads.long.submit(_warm, threads.apart)
        yield
        threads.close()
        jobs.close()

    app = FastAPI(
        title="winset",
        version=__version__,
        summary="Who gains, who loses, how to share, who decides: the answers of the command line.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
    )
    app.state.threads, app.state.jobs = threads, jobs
    app.add_middleware(Guard, settings=settings)
    _errors(app, settings.jobs)
    _routes(app, threads)
    _question_routes(app, threads)
    _report_routes(app, threads)
    _table_routes(app, threads)
    _job_routes(app, threads, jobs)
    _describe(app, embeds=bool(settings.embed))
    app.mount("/", StaticFiles(directory=STATIC, html=True), name="page")
    return app


def _warm(apart: Apart) -> None:
    """Load what the first requests would wait for: data, kernels and the catalog of worlds."""
    try:
        example = {"kind": "trade-cost", "among": "EAEU", "percent": -1.0}
        answers.solve({"change": [example]})
        answers.worlds()
        apart.call(answers.share, {"scenario": {"change": [example]}})
        apart.call(answers.solve, {"scenario": {"change": [example]}, "draws": 16})
        apart.call(downloads.download, "svg", {"change": [example]})
    except Exception:  # nobody waits for it; the requests themselves will say what is wrong
        LOG.exception("warming up failed")


def _errors(app: FastAPI, folder: Path) -> None:
    def answer(status: int, message: str, code: str = "", **headers: str) -> Response:
        said = {"error": spoken(message, folder), "code": code or CODES.get(status, "failed")}
        body = answers.dumps(said)
        return Response(body, status, headers=headers, media_type="application/json")

    @app.exception_handler(WinsetError)
    async def refused(request: Request, error: WinsetError) -> Response:
        return answer(
            422, in_language(error, request.headers.get("accept-language", "")), error.code
        )

    @app.exception_handler(reading.BodyError)
    async def unreadable(_: Request, error: reading.BodyError) -> Response:
        return answer(400, str(error))

    @app.exception_handler(Refusal)
    async def turned_away(_: Request, refusal: Refusal) -> Response:
        return answer(refusal.status, refusal.message, **refusal.headers)

    @app.exception_handler(HTTPException)
    async def missed(request: Request, error: HTTPException) -> Response:
        known = {404: f"no page {request.url.path[:80]!r}.", 405: "the method is not allowed here."}
        headers = dict(error.headers or {})
        return answer(error.status_code, known.get(error.status_code, error.detail), **headers)

    @app.exception_handler(Exception)
    async def failed(_: Request, error: Exception) -> Response:
        LOG.error("a request failed", exc_info=error)
        return answer(500, "winset failed; the server's log says where.")


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


FILES: dict[int | str, Any] = {
    200: {
        "description": "The file, as an attachment.",
        "content": {media.partition(";")[0]: {} for media, _ in downloads.KINDS.values()},
    }
}


TABLE: dict[int | str, Any] = {
    200: {"description": "The table.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


def _describe(app: FastAPI, *, embeds: bool) -> None:
    """Give the OpenAPI description the models of `winset.web.models`, and whether frames are allowed."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                routes=app.routes,
            )
            found.setdefault("components", {}).setdefault("schemas", {}).update(models.schemas())
            found["x-embed"] = embeds
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


async def _pool(threads: Threads, raw: Any) -> Pool:
    """Return where a scenario is solved, by how long it takes."""
    if isinstance(raw, dict) and raw.get("draws") is not None:
        return "long"
    return "sectors" if await threads.run(answers.slow, raw) else "quick"


def _routes(app: FastAPI, threads: Threads) -> None:
    scenario = models.body(bodies.ScenarioBody, bodies.ChangedBody, texts=True)

    @app.get("/api/worlds", responses=models.answer(models.Worlds))
    async def worlds() -> Response:
        """Embedded worlds, as `winset world show --json`."""
        return _json(answers.dumps(await threads.run(answers.worlds)))

    @app.get("/api/blocs", responses=models.answer(models.Blocs))
    async def blocs(on: str | None = None) -> Response:
        """Blocs with members and size on a date, as `winset bloc --on DATE --json`."""
        return _json(answers.dumps(await threads.run(answers.blocs, on)))

    @app.get("/api/scenarios", responses=models.answer(models.Scenarios))
    async def scenarios() -> Response:
        """Bundled scenarios as JSON objects."""
        return _json(answers.dumps(answers.scenarios()))

    drawn = models.body(bodies.ScenarioBody, bodies.DrawnBody, texts=True)

    @app.post("/api/solve", responses=models.answer(models.SolveAnswer), openapi_extra=drawn)
    async def solve(request: Request) -> Response:
        """Who gains and who loses, as `winset run --json`; with `draws`, how sure that is."""
        raw = reading.document(await request.body())
        return _json(
            await threads.run(answers.answer, "solve", raw, pool=await _pool(threads, raw))
        )

    @app.post(
        "/api/share",
        responses=models.answer(models.ShareAnswer),
        openapi_extra=models.body(bodies.ShareBody),
    )
    async def share(request: Request) -> Response:
        """How the gain can be shared among up to 12 players, as `winset share --json`."""
        raw = reading.document(await request.body())
        return _json(await threads.run(answers.answer, "share", raw, pool="long"))

    @app.post("/api/download/{kind}", responses=FILES | models.REFUSALS, openapi_extra=scenario)
    async def download(kind: str, request: Request) -> Response:
        """The scenario or its result as a file: toml, json, csv, svg, png or report; `?lang=` of it."""
        raw = reading.document(await request.body())
        lang = request.query_params.get("lang", "en")
        content, media, name = await threads.run(downloads.download, kind, raw, lang, pool="long")
        attached = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=media, headers=attached)


def _question_routes(app: FastAPI, threads: Threads) -> None:
    """One route for each of `winset.web.questions`."""

    def route(
        study: str, answered: type[models.Answer], asked: type[bodies.Body], about: str
    ) -> None:
        async def ask(request: Request) -> Response:
            raw = reading.document(await request.body())
            return _json(await threads.run(answers.answer, study, raw, pool="long"))

        app.add_api_route(
            f"/api/{study}",
            ask,
            methods=["POST"],
            name=study,
            description=about,
            responses=models.answer(answered, many=study == "agree"),
            openapi_extra=models.body(asked),
        )

    route(
        "vote", models.VoteAnswer, bodies.VoteBody, "What one vote weighs, as `winset vote --json`."
    )
    route(
        "agree",
        models.AgreeAnswer,
        bodies.AgreeBody,
        "The common ground, as `winset agree --json`.",
    )
    route(
        "match", models.MatchAnswer, bodies.MatchBody, "Where trade fits, as `winset match --json`."
    )
    route(
        "treaty",
        models.TreatyAnswer,
        bodies.TreatyBody,
        "Who has joined which treaty, as `winset treaty --json`.",
    )
    route(
        "depend",
        models.DependAnswer,
        bodies.DependBody,
        "On whom a group depends, as `winset depend --json`.",
    )
    route(
        "carbon",
        models.CarbonAnswer,
        bodies.CarbonBody,
        "Who emits for whom, as `winset carbon WORLD|SCENARIO --json`.",
    )
    route(
        "club",
        models.ClubAnswer,
        bodies.ClubBody,
        "Which club holds, as `winset club SCENARIO --json`.",
    )
    route(
        "even",
        models.EvenAnswer,
        bodies.EvenBody,
        "Votes on like texts, as `winset even --json`.",
    )
    route(
        "track",
        models.TrackAnswer,
        bodies.TrackBody,
        "Pledges and how far they are, as `winset track --json`.",
    )
    route("gap", models.GapAnswer, bodies.GapBody, "Rich and poor, as `winset gap --json`.")
    route(
        "backtest",
        models.BacktestAnswer,
        bodies.BacktestBody,
        "Past agreements, as `winset backtest --json`.",
    )
    route(
        "route",
        models.RouteAnswer,
        bodies.RouteBody,
        "Ways, transit, closed borders, as `winset route --json`.",
    )
    route(
        "deal",
        models.DealAnswer,
        bodies.DealBody,
        "Packages all can sign, as `winset deal --json`.",
    )
    route(
        "union",
        models.UnionAnswer,
        bodies.UnionBody,
        "A union from outside, as `winset union --json`.",
    )
    route("war", models.WarAnswer, bodies.WarBody, "A tariff war, as `winset war --json`.")
    route(
        "offer",
        models.OfferAnswer,
        bodies.OfferBody,
        "Requests and offers by tariff line, as `winset offer --json`.",
    )
    route(
        "common",
        models.CommonAnswer,
        bodies.CommonBody,
        "A common good or a network, as `winset common --json`.",
    )
    route(
        "bank", models.BankAnswer, bodies.BankBody, "Projects and a bank, as `winset bank --json`."
    )
    route(
        "people",
        models.PeopleAnswer,
        bodies.PeopleBody,
        "Who studies, lives and publishes where, as `winset people --json`.",
    )
    route(
        "brief",
        models.BriefAnswer,
        bodies.BriefBody,
        "All of it for one bloc, always as a job; its result is as `winset brief --json`.",
    )
    route(
        "summit",
        models.SummitAnswer,
        bodies.SummitBody,
        "The verdicts on a summit's phrases, as `winset summit --json`.",
    )


def _report_routes(app: FastAPI, threads: Threads) -> None:
    """The report of any of `winset.web.questions`, in parts for a page and as a file."""
    asked = models.body(*(bodies.ASKED[study] for study in bodies.STUDIES))

    @app.post(
        "/api/sections/{study}",
        responses=models.answer(models.SectionsAnswer),
        openapi_extra=asked,
    )
    async def parts(study: str, request: Request) -> Response:
        """The report of a question in parts, `?lang=` of it; the body is that of its endpoint.

        With `?long=say` one that is for a job is no failure: the answer is `{"long": "why"}`.
        """
        raw = reading.document(await request.body())
        asked = request.query_params
        try:
            lang = asked.get("lang", "en")
            said = await threads.run(sections.sections, study, raw, lang, pool="long")
        except WinsetError as error:
            if error.code != "for-a-job" or asked.get("long") != "say":
                raise
            said = {"long": str(error)}
        return _json(answers.dumps(said))

    @app.post("/api/report/{study}", responses=FILES | models.REFUSALS, openapi_extra=asked)
    async def report(study: str, request: Request) -> Response:
        """The report of a question as a page of its own, `?lang=` of it."""
        raw = reading.document(await request.body())
        lang = request.query_params.get("lang", "en")
        content, media, name = await threads.run(sections.report, study, raw, lang, pool="long")
        attached = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=media, headers=attached)


def _table_routes(app: FastAPI, threads: Threads) -> None:
    """``GET /api/STUDY.csv``: the same answers as tables, for what asks with an address."""

    def route(study: str, asked: type[bodies.Body]) -> None:
        async def table(request: Request) -> Response:
            order = tabular.order(asked, request.query_params.multi_items())
            pool = await _pool(threads, order.body) if study == "solve" else "long"
            content = await threads.run(tabular.csv, study, order, pool=pool)
            attached = {"content-disposition": f'attachment; filename="{study}.csv"'}
            return Response(content, media_type="text/csv; charset=utf-8", headers=attached)

        app.add_api_route(
            f"/api/{study}.csv",
            table,
            methods=["GET"],
            name=f"{study}.csv",
            description=f"A table of `POST /api/{study}`, as `winset --out FILE.csv` writes it.",
            responses=TABLE | models.REFUSALS,
            openapi_extra={"parameters": tabular.parameters(asked)},
        )

    for study, asked in bodies.ASKED.items():
        route(study, asked)


def _job_routes(app: FastAPI, threads: Threads, jobs: Jobs) -> None:
    @app.post(
        "/api/jobs",
        status_code=202,
        responses=models.answer(models.Job, 202),
        openapi_extra=models.body(bodies.ShareBody, *bodies.LONG),
    )
    async def add(request: Request) -> Response:
        """Shares of a larger group as a job, or what `study` names; the body is that of its endpoint."""
        raw = reading.document(await request.body())
        job = await threads.run(jobs.add, raw, CALLER.get())
        place = {"location": f"/api/jobs/{job['id']}"}
        return Response(answers.dumps(job), 202, headers=place, media_type="application/json")

    @app.get("/api/jobs", responses=models.answer(models.JobList))
    async def every() -> Response:
        """All jobs, the newest first, without results."""
        return _json(answers.dumps(await threads.run(jobs.all)))

    @app.get("/api/jobs/{job}", responses=models.answer(models.Job))
    async def one(job: str) -> Response:
        """A job: state, blocks done, time left, and its result once it is done."""
        return _json(answers.dumps(await threads.run(jobs.get, job)))

    @app.get("/api/jobs/{job}/sections", responses=models.answer(models.SectionsAnswer))
    async def parts(job: str, lang: str = "en") -> Response:
        """The report of a job that was sent with `sections`, in parts, once it is done."""
        return _json(answers.dumps(await threads.run(jobs.parts, job, lang)))

    @app.get("/api/jobs/{job}/file/{kind}", responses=FILES | models.REFUSALS)
    async def file(job: str, kind: str, lang: str = "en") -> Response:
        """The same as a file: html; of a brief pdf, docx and md too."""
        content, media, name = await threads.run(jobs.file, job, kind, lang)
        attached = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=media, headers=attached)

    @app.delete("/api/jobs/{job}", responses=models.answer(models.Job))
    async def cancel(job: str) -> Response:
        """Cancel a job, or remove one that is finished."""
        return _json(answers.dumps(await threads.run(jobs.cancel, job)))
