"""One run: one system, one worker, its phases in order, and a journal that tells it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.clock import clock_ns
from mempress.journal import Opened, Printed, Restarted, Scripted, Settled, Spent
from mempress.runner.checkpoint import Checkpoint
from mempress.runner.client import SystemClient
from mempress.runner.deletion import delete_some, look_for
from mempress.runner.faults.base import Faults
from mempress.runner.faults.injector import Injector
from mempress.runner.faults.scene import Scene
from mempress.runner.load import Load
from mempress.runner.lookup import Lookup
from mempress.runner.recorder import clean
from mempress.runner.retention import record_retention
from mempress.runner.supervisor import WorkerLostError

if TYPE_CHECKING:
    from mempress.journal import Status
    from mempress.runner.load import LoadEnd
    from mempress.runner.recorder import Recorder
    from mempress.runner.runplan import RunPlan


class Run:
    """Takes one system through setup, load, recovery where it saturated, and teardown."""

    def __init__(self, plan: RunPlan, recorder: Recorder) -> None:
        self._plan = plan
        self._recorder = recorder
        self._options = plan.reference.options(plan.config.options)
        self._client: SystemClient | None = None
        self.system_ns = self.waiting_ns = 0
        """How long the system was at work, and a schedule let time pass, in the workers that are gone."""

    def execute(self) -> Status:
        """Run all phases; gives the status. Whatever the worker does ends in an Ended event and a dead worker."""
        out_of_time = False
        try:
            status, reason, out_of_time = self._phases()
        except WorkerLostError as lost:
            status, reason = lost.status, f"{lost.reason}, {self._where()}"
        except KeyboardInterrupt:
            self._end("interrupted", f"stopped by the user, {self._where()}")
            raise
        finally:
            self._release()
        self._end(status, reason, out_of_time=out_of_time)
        return status

    def _phases(self) -> tuple[Status, str, bool]:
        """Give the status, why in words, and whether the load was ended at its time limit."""
        self._recorder.begin("setup")
        if self._plan.refusal is not None:
            self._recorder.fail("environment", self._plan.refusal)
            return "unavailable", self._plan.refusal, False
        client = self._client = SystemClient(self._plan.settings, self._note_refused)
        refusal = self._open(client)
        if refusal is not None:
            self._recorder.fail("open", refusal)
            return "unavailable", refusal, False
        self._baseline(client)
        end = self._measure(client)
        self._tear_down()
        return _status(end), end.reason, end.out_of_time

    def _measure(self, client: SystemClient) -> LoadEnd:
        """Load the system, take what its end tells, and see whether it recovers."""
        load = Load(client, self._recorder, self._checkpoint(client), self._plan.workload, self._plan.config)
        self._recorder.begin("load")
        load.faults = self._faults(load)
        load.faults.begin_phase("load", first=0, count=self._plan.workload.records)
        end = load.run()
        load.faults.finish()
        load.checkpoint.take("final", offered=load.offered)
        self._settle(load.client, "final")
        record_retention(self._lookup(load.client))
        self._ask_script(load.client)
        if end.saturated:
            self._recover(load)
        self._delete_some(load)
        return end

    def _open(self, client: SystemClient) -> str | None:
        """Open the system; gives what it refused with."""
        opening = client.open(self._plan.reference, self._plan.workdir, self._options)
        if isinstance(opening, str):
            return opening
        self._recorder.write(
            Opened(
                t_ns=self._recorder.t_ns,
                name=clean(opening.name),
                version=None if opening.version is None else clean(opening.version),
                capabilities=sorted(opening.capabilities),
                import_ns=opening.import_ns,
                init_ns=opening.init_ns,
            )
        )
        return None

    def _baseline(self, client: SystemClient) -> None:
        workload = self._plan.workload
        batch = workload.batch(0)
        client.warm(batch.payload, workload.texts_of(batch) if client.wants_vectors else ())
        self._settle(client, "baseline")

    def _settle(self, client: SystemClient, mark: str) -> None:
        client.settle()
        self._recorder.write(Settled(t_ns=self._recorder.t_ns, mark=mark, memory=client.memory()))

    def _checkpoint(self, client: SystemClient) -> Checkpoint:
        return Checkpoint(client, self._recorder, self._plan.workload, self._plan.config, self._plan.workdir)

    def _faults(self, load: Load) -> Faults:
        """Give what makes the faults that were asked for."""
        if not self._plan.config.faults:
            return Faults()
        return Injector(Scene(load, self._recorder, self._plan, lambda: self._reopen(load)), self._plan.levers)

    def _recover(self, load: Load) -> None:
        """Emergency maintenance, then a restart, then load again; each as far as the system offers it."""
        self._recorder.begin("recovery")
        client = self._client
        if client is not None and "maintenance" in client.capabilities:
            load.maintain(emergency=True)
            self._checkpoint(client).take("after_emergency", offered=load.offered)
        if client is not None and "persistence" in client.capabilities:
            if not self._restart(client, load):
                return
            load.checkpoint.take("after_restart", offered=load.offered)
        self._recorder.begin("post_recovery")
        config, left = self._plan.config, self._plan.workload.records - load.offered
        count = min(left, config.post_recovery_batches * config.batch_size)
        load.faults.begin_phase("post_recovery", first=load.offered, count=count)
        load.run_batches(config.post_recovery_batches)
        load.faults.finish()

    def _restart(self, client: SystemClient, load: Load) -> bool:
        """Close the system and open it again in a fresh process; gives whether it opened."""
        started = clock_ns()
        reply = client.close()
        closed = clock_ns()
        if reply["error"] is not None:
            self._recorder.fail("close", reply["error"])
        refusal = self._reopen(load)
        if refusal is not None:
            self._recorder.fail("open", refusal)
            return False
        self._recorder.write(
            Restarted(
                t_ns=self._recorder.t_ns,
                records=self._recorder.records,
                close_ns=closed - started,
                open_ns=clock_ns() - closed,
            )
        )
        return True

    def _reopen(self, load: Load) -> str | None:
        """Let go of the worker and open the system in a fresh one, with which the load goes on; gives a refusal."""
        if self._client is not None:
            self._note_output(self._client)
            self._note_spent(self._client)
            self._client.release()
        fresh = self._client = SystemClient(self._plan.settings, self._note_refused)
        refusal = self._open(fresh)
        if refusal is None:
            load.rebind(fresh, self._checkpoint(fresh))
        return refusal

    def _ask_script(self, client: SystemClient) -> None:
        """Journal what a control knows of its own maintenance."""
        if client.scripted:
            offered = client.call("scripted_maintenance")["value"]
            self._recorder.write(Scripted(t_ns=self._recorder.t_ns, offered=offered))

    def _delete_some(self, load: Load) -> None:
        """Delete some records, and see whether they come back, at once or by a restart."""
        self._recorder.begin("teardown")
        client = self._client
        if client is None or not (deleted := delete_some(self._lookup(client))):
            return
        if "persistence" in client.capabilities and self._restart(client, load):
            look_for(self._lookup(load.client), deleted, "after_restart")

    def _lookup(self, client: SystemClient) -> Lookup:
        return Lookup(client, self._recorder, self._plan.workload, self._plan.config)

    def _tear_down(self) -> None:
        if self._client is None:
            return
        reply = self._client.close()
        if reply["error"] is not None:
            self._recorder.fail("close", reply["error"])
        left = self._client.stop()
        if left:
            text = f"{left} process(es) outlived close(); they were killed"
            self._recorder.fail("close", text, kind="violation", count=left)

    def _end(self, status: Status, reason: str, *, out_of_time: bool = False) -> None:
        if self._client is not None:
            self._note_output(self._client)
            self._note_spent(self._client)
        spent = Spent(t_ns=self._recorder.t_ns, system_ns=self.system_ns, waiting_ns=self.waiting_ns)
        self._recorder.write(spent)
        self._recorder.end(status, reason, out_of_time=out_of_time)

    def _release(self) -> None:
        if self._client is not None:
            self._client.release()

    def _note_spent(self, client: SystemClient) -> None:
        self.system_ns += client.spent.system_ns
        self.waiting_ns += client.spent.waiting_ns

    def _note_output(self, client: SystemClient) -> None:
        total_bytes, tail = client.output
        if total_bytes:
            self._recorder.write(Printed(t_ns=self._recorder.t_ns, total_bytes=total_bytes, tail=clean(tail)))

    def _note_refused(self, place: str) -> None:
        text = f"it tried to reach {place}, beyond this machine, and was refused; --allow-network permits it"
        self._recorder.fail("network", text, kind="violation")

    def _where(self) -> str:
        return f"in phase {self._recorder.phase} after {self._recorder.records} acknowledged records"


def _status(end: LoadEnd) -> Status:
    if end.saturated:
        return "saturated"
    return "timed_out" if end.out_of_time else "completed"
