//! Records that end the process: an abort, a stack overflow, the watchdog. Nothing can be undone then and nobody told,
//! and a durable record is run again at the next start, which ends in the same way (RELIABILITY B10).
//!
//! So a start that finds work left by the one before leaves a note beside the data, and takes it away when that work
//! is through. Two notes that stayed make the next start **wary**: it does what was left alone, one record or branch
//! after the other in the whole module, and writes down which one before each. A record that was written there at three
//! crashes is given up without being run. A start that finds nothing left, as nearly all do, writes nothing.
//!
//! Notes are not synced: what a process wrote is there when it crashes. What a loss of power takes of them is well
//! forgotten, for that was no record's fault. Where a note cannot be written the module runs without.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::tables::Catalog;
use crate::{
    clock::Timestamp,
    disk::{Disk, DiskFile, Open},
    flow::Origin,
    id::{DepotId, Offset, TaskId, TopologyId},
    task::Guard,
};

/// The file that is the note.
pub(super) const FILE: &str = "crashes.txt";

/// Starts in a row that crashed over the same work before records are run alone: two kills by hand are no reason to be
/// slow, and each costs no more than a start.
const WARY_AFTER: u32 = 2;

/// Crashes with which a record is given up, each while it ran alone: a kill from outside rarely meets the same one
/// three times.
pub(super) const CRASHES: u32 = 3;

/// Records that crashes are counted of. Each crash adds one at most, and a third of them would be given up.
const COUNTED_MAX: usize = 256;

/// How long a wary start waits for futures, all in all, so that branches go on alone, too: a module must not stand
/// still for as long as somebody else takes to answer. What comes later goes on as usual.
const FUTURES_WAIT: Duration = Duration::from_millis(500);

/// Bytes of a note that are read: more than it can have.
const NOTE_BYTES_MAX: u64 = 1024 * 1024;

/// What a start does with the work that was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    /// There is none, or it is through.
    Nothing,
    /// It is noted when it is through.
    Watched,
    /// It is done alone.
    Wary,
}

/// How far the work is that was left.
#[derive(Debug)]
pub(super) struct LeftWork {
    pub(super) care: Care,
    /// Whether it is through when the group in the committer's hands is durable.
    pub(super) is_through: bool,
    /// Lanes that have found nothing more of it, by index.
    idle: Vec<bool>,
    /// Until when it waits for futures, and whether that is over.
    waits: Option<(Timestamp, bool)>,
}

/// The note of one module, and what follows from it.
#[derive(Debug)]
pub(crate) struct Quarantine {
    disk: Arc<dyn Disk>,
    names: Catalog,
    care: Care,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    note: Note,
    /// `None` when there is no note.
    file: Option<Arc<dyn DiskFile>>,
    /// Records that are being given up.
    condemned: BTreeSet<Origin>,
}

/// What is known of crashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Note {
    /// Starts in a row that found work and have not finished it, this one included.
    starts: u32,
    /// At how many crashes records ran.
    crashed: BTreeMap<Origin, u32>,
    /// What runs now, alone.
    running: Option<Origin>,
}

impl Quarantine {
    /// Reads the note of the last start, and leaves one if something is `left` to do.
    pub(crate) fn open(disk: &Arc<dyn Disk>, names: Catalog, left: bool) -> Self {
        let found = read(&**disk, &names).unwrap_or_default();
        let care = match found.starts {
            _ if !left => Care::Nothing,
            WARY_AFTER.. => Care::Wary,
            _ => Care::Watched,
        };
        let quarantine = Self { disk: Arc::clone(disk), names, care, state: Mutex::default() };
        let mut state = quarantine.state();
        if left {
            state.note = found.after_a_crash();
            state.file = create(&**disk).ok();
            quarantine.write(&state);
        } else if disk.exists(FILE).unwrap_or(false) {
            remove(&**disk);
        }
        drop(state);
        quarantine
    }

    pub(crate) fn care(&self) -> Care {
        self.care
    }

    /// What was left is through, or the process ends without a crash.
    pub(super) fn settle(&self) {
        let mut state = self.state();
        state.note = Note::default();
        if state.file.take().is_some() {
            remove(&*self.disk);
        }
    }

    /// Whether a record failed because it is given up. Said once.
    pub(super) fn gives_up(&self, origin: Origin) -> bool {
        self.state().condemned.remove(&origin)
    }

    fn write(&self, state: &State) {
        let Some(file) = &state.file else { return };
        // Without it, crashes are not counted.
        let _: io::Result<()> = file.write_all_at(state.note.encode(&self.names).as_bytes(), 0);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LeftWork {
    pub(super) fn new(care: Care, lanes: usize) -> Self {
        Self { care, is_through: false, idle: vec![false; lanes], waits: None }
    }

    /// Some of it was done, and others may go on now.
    pub(super) fn found(&mut self) {
        self.idle.fill(false);
    }

    pub(super) fn found_nothing(&mut self, lane: usize) {
        self.idle[lane] = true;
    }

    /// Whether no lane has found more of it.
    pub(super) fn is_done_alone(&self) -> bool {
        !self.idle.contains(&false)
    }

    /// Looks whether futures have been waited for long enough.
    pub(super) fn wait_for(&mut self, futures: usize, now: impl FnOnce() -> Timestamp) {
        if futures > 0 && self.is_patient() {
            let now = now();
            let (until, _) = self.waits.unwrap_or((now.after(FUTURES_WAIT), false));
            self.waits = Some((until, now >= until));
        }
    }

    /// Whether a record begins only when no future runs.
    pub(super) fn is_patient(&self) -> bool {
        self.waits.is_none_or(|(_, is_over)| !is_over)
    }

    /// When to look again.
    pub(super) fn waits_until(&self) -> Option<Timestamp> {
        self.waits.filter(|_| self.care == Care::Wary && self.is_patient()).map(|(until, _)| until)
    }

    pub(super) fn settle(&mut self, quarantine: &Quarantine) {
        (self.care, self.is_through) = (Care::Nothing, false);
        quarantine.settle();
    }
}

impl Guard for Quarantine {
    fn admits(&self, origin: Origin) -> bool {
        let mut state = self.state();
        if state.note.crashed.get(&origin).is_some_and(|crashes| *crashes >= CRASHES) {
            // It is forgotten with the next record that is written down, so not before it is durable.
            state.note.crashed.remove(&origin);
            state.condemned.insert(origin);
            return false;
        }
        state.note.running = Some(origin);
        self.write(&state);
        true
    }

    fn reason(&self) -> Arc<str> {
        format!(
            "the process ended {CRASHES} times while this record was processed, so it is not tried again: an abort, a \
             stack overflow, memory that ran out, or the watchdog"
        )
        .into()
    }
}

impl Note {
    /// The note of the start that follows.
    fn after_a_crash(mut self) -> Self {
        self.starts = self.starts.saturating_add(1);
        if let Some(origin) = self.running.take() {
            if self.crashed.len() >= COUNTED_MAX {
                self.crashed.clear();
            }
            *self.crashed.entry(origin).or_default() += 1;
        }
        self
    }

    /// Lines for people, too, with a checksum behind them; what a longer note left behind that does not count.
    fn encode(&self, names: &Catalog) -> String {
        let mut text = format!("starts {}\n", self.starts);
        for (origin, crashes) in &self.crashed {
            let _ = writeln!(text, "crashed {crashes} {}", place(*origin, names));
        }
        if let Some(origin) = self.running {
            let _ = writeln!(text, "running 0 {}", place(origin, names));
        }
        let check = crc32c::crc32c(text.as_bytes());
        let _ = writeln!(text, "check {check}");
        text
    }

    /// What a note says; `None` of one that is not whole. Records of what the module does not have any more are left out.
    fn decode(text: &str, names: &Catalog) -> Option<Self> {
        let (said, check) = text.split_at(text.find("\ncheck ")? + 1);
        let check = check.lines().next()?.strip_prefix("check ")?;
        if check.parse() != Ok(crc32c::crc32c(said.as_bytes())) {
            return None;
        }
        let mut note = Self::default();
        for line in said.lines() {
            let mut words = line.splitn(3, ' ');
            let (what, number) = (words.next()?, words.next()?.parse().ok()?);
            let origin = words.next().and_then(|place| found(place, names));
            match (what, origin) {
                ("starts", _) => note.starts = number,
                ("crashed", Some(origin)) => drop(note.crashed.insert(origin, number)),
                ("running", Some(origin)) => note.running = Some(origin),
                _ => {}
            }
        }
        Some(note)
    }
}

/// Names, since numbers may stand for others at the next start.
fn place(Origin { topology, depot, task, offset }: Origin, names: &Catalog) -> String {
    let name = |names: &[String], at: u16| names.get(usize::from(at)).cloned().unwrap_or_default();
    let (topology, depot) = (name(&names.topologies, topology.0), name(&names.depots, depot.0));
    format!("{offset} {task} {depot} {topology}")
}

fn found(place: &str, names: &Catalog) -> Option<Origin> {
    let mut words = place.splitn(4, ' ');
    let offset = Offset(words.next()?.parse().ok()?);
    let task = TaskId(words.next()?.parse().ok()?);
    let (depot, topology) = (words.next()?, words.next()?);
    let number = |names: &[String], name: &str| {
        u16::try_from(names.iter().position(|one| one == name)?).ok()
    };
    let topology = TopologyId(number(&names.topologies, topology)?);
    let depot = DepotId(number(&names.depots, depot)?);
    Some(Origin { topology, depot, task, offset })
}

fn read(disk: &dyn Disk, names: &Catalog) -> Option<Note> {
    if !disk.exists(FILE).ok()? {
        return None;
    }
    let file = disk.open(FILE, Open::Existing).ok()?;
    let length = usize::try_from(file.len().ok()?.min(NOTE_BYTES_MAX)).ok()?;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, 0).ok()?;
    Note::decode(&String::from_utf8_lossy(&bytes), names)
}

fn create(disk: &dyn Disk) -> io::Result<Arc<dyn DiskFile>> {
    let how = if disk.exists(FILE)? { Open::Existing } else { Open::New };
    disk.open(FILE, how)
}

/// A note that cannot be removed costs a start that is wary.
fn remove(disk: &dyn Disk) {
    let _: io::Result<()> = disk.remove(FILE);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::MemoryDisk;

    fn names() -> Catalog {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Catalog {
            depots: names(&["a", "b"]),
            topologies: names(&["t", "t#other id"]),
            ..Catalog::default()
        }
    }

    fn at(offset: u64) -> Origin {
        let (topology, depot, task) = (TopologyId(1), DepotId(1), TaskId(3));
        Origin { topology, depot, task, offset: Offset(offset) }
    }

    #[test]
    fn a_record_that_ran_at_three_crashes_is_given_up_once() {
        let disk: Arc<dyn Disk> = Arc::new(MemoryDisk::new());
        let start = || Quarantine::open(&disk, names(), true);
        assert_eq!([start().care(), start().care()], [Care::Watched; 2]);
        for _ in 0..CRASHES {
            let wary = start();
            assert!(wary.care() == Care::Wary && wary.admits(at(10)) && wary.admits(at(7)));
        }
        let last = start();
        assert!(last.admits(at(10)), "it was through when the other one ran");
        assert!(!last.admits(at(7)));
        assert!(last.gives_up(at(7)) && !last.gives_up(at(7)) && !last.gives_up(at(10)));
        assert!(last.admits(at(7)), "a client may have it run again");
        last.settle();
        assert!(!disk.exists(FILE).unwrap());
        assert_eq!(start().care(), Care::Watched);
        assert_eq!(Quarantine::open(&disk, names(), false).care(), Care::Nothing);
        assert!(!disk.exists(FILE).unwrap(), "nothing is left");
    }

    #[test]
    fn a_note_that_is_not_whole_says_nothing() {
        let crashed = BTreeMap::from([(at(7), 2), (at(900), 1)]);
        let note = Note { starts: 4, crashed, running: Some(at(8)) };
        let text = note.encode(&names());
        assert_eq!(Note::decode(&text, &names()), Some(note.clone()));
        assert_eq!(Note::decode(&format!("{text}of a longer one"), &names()), Some(note));
        for end in 0..text.len() - 2 {
            assert_eq!(Note::decode(&text[..end], &names()), None, "cut at {end}");
        }
        let other = Catalog { topologies: vec!["t".to_owned()], ..names() };
        let note = Note::decode(&text, &other).unwrap();
        assert!(note.crashed.is_empty() && note.running.is_none() && note.starts == 4);
    }
}
