"""The gathered elements of a census as tables of case records, and the count of what was kept and dropped."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flowmap.casework import kinds
from flowmap.quality import MAX_EXAMPLES, SEVERITY_OF, Action, Example
from flowmap.sources.cin import elements as el
from flowmap.sources.cin.columns import Reading
from flowmap.sources.cin.parse import Gathered, Walk

Mask = npt.NDArray[np.bool_]


class Tables:
    """Builds the tables of one file; `tables` holds those that have rows."""

    def __init__(self, walk: Walk, reading: Reading) -> None:
        self._walk, self._read = walk, reading
        self.tables: dict[str, pa.Table] = {}
        self.ids = walk.gathered["Child"].strings("LAchildID")
        episodes = walk.gathered["CINdetails"]
        self._made = np.zeros(len(episodes), bool)  # episodes that made a record
        self._persons(walk.gathered["Child"])
        self._referrals(episodes)
        self._assessments(walk.gathered["Assessments"])
        self._enquiries(walk.gathered["Section47"], episodes)
        self._cin_plans(walk.gathered["CINPlanDates"])
        self._cp_plans(walk.gathered["ChildProtectionPlans"])
        self._count_rows(episodes)

    def _persons(self, rows: Gathered) -> None:
        read = self._read
        born, expected = read.dates(rows, "PersonBirthDate"), read.dates(rows, "ExpectedPersonBirthDate")
        codes, texts = rows.column("Disability")
        known = pa.array([any(d.upper() != "NONE" for d in t.split("|")) for t in texts], pa.bool_())
        gender, sex = read.codes(rows, "GenderCurrent", el.SEXES), read.codes(rows, "Sex", el.SEXES)
        self._put(
            "person",
            rows,
            birth=pc.coalesce(born, expected),
            sex=pc.coalesce(sex, gender),
            ethnicity=read.codes(rows, "Ethnicity", el.ETHNICITIES),
            disability=known.take(pa.array(codes, mask=codes < 0)),
            died=read.dates(rows, "PersonDeathDate"),
        )
        repeated = len(self.ids) - self.ids.null_count - len(pc.unique(self.ids.drop_null()))
        if repeated:
            read.report.add(
                "child-twice",
                "A child has more than one Child element; they are taken together.",
                count=repeated,
                action="kept",
                remedy="Give each child one Child element with all its CINdetails.",
            )

    def _referrals(self, rows: Gathered) -> None:
        read = self._read
        date = read.dates(rows, "CINreferralDate")
        day = date.cast(pa.date32()).cast(pa.string())
        self._refs = pc.binary_join_element_wise(self._child(rows), day, "|")  # null where either is
        self._put(
            "referral",
            rows,
            date=date,
            source=read.codes(rows, "ReferralSource", el.SOURCES),
            need=read.codes(rows, "PrimaryNeedCode", el.NEEDS),
            nfa=read.flags(rows, "ReferralNFA", el.FLAGS),
            closed=read.dates(rows, "CINclosureDate"),
            reason=read.codes(rows, "ReasonForClosure", el.REASONS),
            ref=self._refs,
        )

    def _assessments(self, rows: Gathered) -> None:
        start = self._read.dates(rows, "AssessmentActualStartDate")
        self._dateless(rows, start, "AssessmentActualStartDate")
        authorised = self._read.dates(rows, "AssessmentAuthorisationDate")
        self._put("assessment", rows, start=start, authorised=authorised)

    def _enquiries(self, rows: Gathered, details: Gathered) -> None:
        read = self._read
        start = read.dates(rows, "S47ActualStartDate")
        self._dateless(rows, start, "S47ActualStartDate")
        held, unneeded = read.dates(rows, "DateOfInitialCPC"), read.flags(rows, "ICPCnotRequired", el.FLAGS)
        happened, unneeded = held.is_valid(), unneeded.fill_null(False)
        self._say(
            "conference-not-required",
            "A section 47 enquiry has a conference and is marked as not needing one; the conference counts.",
            rows,
            pc.and_(happened, unneeded).to_numpy(zero_copy_only=False),
            "ICPCnotRequired",
            "kept",
            "Correct the one that is wrong.",
        )
        # `false` is also what is written before the decision: only a conference that was held says that one was needed.
        needed = pc.if_else(happened, True, pc.if_else(unneeded, False, pa.scalar(None, pa.bool_())))
        self._put("s47", rows, start=start, conference=needed)
        self._conferences(rows, held, details)

    def _conferences(self, enquiries: Gathered, held: pa.Array, details: Gathered) -> None:
        """A conference stands in its section 47 enquiry or, where it followed none, in the CINdetails; or in both."""
        other = self._read.dates(details, "DateOfInitialCPC")
        parts = [
            self._table("icpc", r, {"date": d}, "/DateOfInitialCPC") for r, d in ((enquiries, held), (details, other))
        ]
        both = pa.concat_tables(parts, promote_options="permissive").unify_dictionaries()
        again = both.select(["child", "date"]).to_pandas().duplicated().to_numpy()
        self._keep("icpc", both.filter(pa.array(~again)))

    def _cin_plans(self, rows: Gathered) -> None:
        start = self._read.dates(rows, "CINPlanStartDate")
        self._dateless(rows, start, "CINPlanStartDate")
        self._put("cin_plan", rows, start=start, end=self._read.dates(rows, "CINPlanEndDate"))

    def _cp_plans(self, rows: Gathered) -> None:
        read = self._read
        start = read.dates(rows, "CPPstartDate")
        self._dateless(rows, start, "CPPstartDate")
        self._put(
            "cp_plan",
            rows,
            start=start,
            end=read.dates(rows, "CPPendDate"),
            category=read.codes(rows, "InitialCategoryOfAbuse", el.CATEGORIES),
            latest_category=read.codes(rows, "LatestCategoryOfAbuse", el.CATEGORIES),
            previous=read.numbers(rows, "NumberOfPreviousCPP"),
        )

    def _child(self, rows: Gathered) -> pa.Array:
        """The identifier of each record's child, null where it has none."""
        return self.ids.take(pa.array(np.array(rows.child, dtype=np.int64) - 1))

    def _put(self, kind: str, rows: Gathered, **columns: pa.Array) -> None:
        self._keep(kind, self._table(kind, rows, columns))

    def _keep(self, kind: str, table: pa.Table) -> None:
        if table.num_rows:
            self.tables[kind] = table

    def _table(self, kind: str, rows: Gathered, columns: dict[str, Any], place: str = "") -> pa.Table:
        """The records that have a child and the date that they are known by; their episodes have made a record."""
        child, when = self._child(rows), kinds.KINDS[kind].when
        good = child.is_valid() if when is None else pc.and_(child.is_valid(), columns[when].is_valid())
        mask = good.to_numpy(zero_copy_only=False)
        if kind != "person":
            self._made[np.array(rows.episode, dtype=np.int64)[mask]] = True
        if any(f.name == "referral" for f in kinds.KINDS[kind].fields):
            columns["referral"] = self._refs.take(pa.array(np.array(rows.episode, dtype=np.int64)))
        where = pa.DictionaryArray.from_arrays(
            pa.array(np.zeros(len(rows), np.int32)), pa.array([rows.container.path + place])
        )
        columns |= {"child": child, "row": pa.array(np.array(rows.child, dtype=np.int64)), "place": where}
        return kinds.table(kind, {name: c.filter(good) for name, c in columns.items()})

    def _dateless(self, rows: Gathered, when: pa.Array, name: str) -> None:
        """Report the records of named children that no date places; they are left out."""
        wrong = pc.and_(when.is_null(), self._child(rows).is_valid()).to_numpy(zero_copy_only=False)
        path = rows.container.name
        self._say(
            "record-without-date",
            f"A record of {path} has no {name} that can be read; it is left out.",
            rows,
            wrong,
            name,
            "note",
            f"Complete <{name}> in the case system.",
        )

    def _count_rows(self, episodes: Gathered) -> None:
        """A row is a Child: kept if it can be told who it is. What is lost inside a Child is reported beside that."""
        report = self._read.report
        report.rows_read = self._walk.children
        nobody = self.ids.is_null().to_numpy(zero_copy_only=False)
        children = self._walk.gathered["Child"]
        mend = "Give every child its LAchildID."
        self._say("no-child", "A Child has no LAchildID.", children, nobody, "LAchildID", "dropped", mend)
        alone = np.zeros(len(children), bool)
        alone[np.array(self._walk.without_episode, dtype=np.int64) - 1] = True
        said = "A Child has no CINdetails: the child is known, and nothing of what happened."
        self._say(
            "child-without-episode", said, children, alone & ~nobody, None, "kept", "Complete it, or leave it out."
        )
        at = "CINreferralDate"
        wrong = self._refs.is_null().to_numpy(zero_copy_only=False) & ~nobody[np.array(episodes.child, np.int64) - 1]
        for hit, what in (
            (wrong & ~self._made, "nothing else in it is dated: it is left out."),
            (wrong & self._made, "there is no referral, but its dated records are read."),
        ):
            said = f"A CINdetails has no date of referral that can be read; {what}"
            self._say("no-referral-date", said, episodes, hit, at, "note", f"Complete <{at}> in the case system.")

    def _say(
        self, rule: str, message: str, rows: Gathered, hit: Mask, name: str | None, action: Action, remedy: str
    ) -> None:
        if not hit.any():
            return
        place = rows.container.path + (f"/{name}" if name else "")
        where = [Example(self._read.file, place, rows.child[i]) for i in np.flatnonzero(hit)[:MAX_EXAMPLES]]
        count, severity = (
            int(hit.sum()),
            SEVERITY_OF[action if action != "note" else "dropped"],
        )  # part of a row is lost
        self._read.report.add(
            rule, message, count=count, action=action, remedy=remedy, examples=where, severity=severity
        )
