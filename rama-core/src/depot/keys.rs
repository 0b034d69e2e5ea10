//! Keys of appends: a record that is appended again under the same key is the record that is there, and its append
//! gets the answer of the first one (scenarios A3, A12, A13).
//!
//! A partition remembers its last keys, all of them in memory; they are in the commit group of their record.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use xxhash_rust::xxh3::xxh3_128;

use super::{AckLevel, AckReturns, Answer, DepotOptions, Reply};
use crate::{
    clock::Timestamp,
    codec::{
        CodecError,
        bytes::{Reader, put_slice, put_u64, put_varint},
    },
    error::{AppendError, Fate},
    id::{Offset, TaskId},
    planted::Mistake,
};

/// Bytes of a key: several times what usual ones take (a UUID as text has 36), so that the keys that a partition
/// remembers take about as much memory as was planned for.
pub(crate) const KEY_BYTES_MAX: usize = 256;

/// Bytes that topologies returned, up to which they are remembered with a key: small results, such as the id of
/// what was made.
const RETURNS_BYTES_MAX: usize = 1_024;

/// The keys that one partition remembers.
#[derive(Debug)]
pub(crate) struct Keys {
    max: usize,
    age: Duration,
    records: BTreeMap<Arc<[u8]>, Arc<KeyedRecord>>,
    /// In the order of their records.
    order: VecDeque<Arc<[u8]>>,
    changes: KeyChanges,
}

/// What changed since the last cut.
#[derive(Debug, Default)]
pub(crate) struct KeyChanges {
    pub(crate) added: Vec<KeyNote>,
    /// The keys of records before this one were forgotten.
    pub(crate) kept_from: Option<Offset>,
}

/// A key, as groups and the store have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyNote {
    pub(crate) offset: Offset,
    /// When the record was appended.
    pub(crate) time: Timestamp,
    /// Of the encoded record.
    pub(crate) hash: u128,
    pub(crate) key: Arc<[u8]>,
}

/// A record that was appended under a key.
#[derive(Debug)]
pub(super) struct KeyedRecord {
    pub(super) offset: Offset,
    time: Timestamp,
    pub(super) hash: u128,
    answers: Mutex<Answers>,
}

/// Who waits for the record.
#[derive(Debug, Default)]
struct Answers {
    durable: Awaited,
    processed: Awaited,
}

#[derive(Debug, Default)]
struct Awaited {
    /// Whether the engine was asked.
    is_asked: bool,
    answer: Option<Answer>,
    waiting: Vec<Reply>,
}

/// Hands the engine's answer to everybody who waits for it. Dropping it without one is dropping all of them.
struct Settles {
    record: Arc<KeyedRecord>,
    level: AckLevel,
}

/// The hash by which records under the same key are compared.
pub(super) fn record_hash(encoded: &[u8]) -> u128 {
    xxh3_128(encoded)
}

impl Keys {
    /// The keys that the store has of a partition, in the order of their records.
    pub(crate) fn new(options: &DepotOptions, task: TaskId, stored: Vec<KeyNote>) -> Self {
        let (max, age) = options.key_bounds();
        let (records, order, changes) = (BTreeMap::new(), VecDeque::new(), KeyChanges::default());
        let mut keys = Self { max, age, records, order, changes };
        for note in stored {
            let place = AckReturns::at(task, note.offset);
            let record = keys.insert(note);
            record.answers().durable.answer = Some(Ok(place));
        }
        keys
    }

    /// The record under a key, if it is remembered.
    pub(super) fn find(&mut self, key: &[u8], now: Timestamp) -> Option<Arc<KeyedRecord>> {
        let age = self.age;
        let is_old = |record: &Arc<KeyedRecord>| now.since(record.time) >= age;
        while self.front().is_some_and(is_old) {
            self.forget_first();
        }
        self.records.get(key).cloned()
    }

    /// Remembers a record.
    pub(super) fn add(&mut self, note: KeyNote) -> Arc<KeyedRecord> {
        self.changes.added.push(note.clone());
        let record = self.insert(note);
        let max = self.max - usize::from(Mistake::KeyForgottenEarly.is_made());
        while self.order.len() > max {
            self.forget_first();
        }
        record
    }

    /// What changed since the last time.
    pub(super) fn changes(&mut self) -> KeyChanges {
        std::mem::take(&mut self.changes)
    }

    fn insert(&mut self, note: KeyNote) -> Arc<KeyedRecord> {
        let KeyNote { offset, time, hash, key } = note;
        let record = Arc::new(KeyedRecord { offset, time, hash, answers: Mutex::default() });
        self.order.push_back(Arc::clone(&key));
        self.records.insert(key, Arc::clone(&record));
        record
    }

    fn front(&self) -> Option<&Arc<KeyedRecord>> {
        self.records.get(self.order.front()?)
    }

    fn forget_first(&mut self) {
        let Some(key) = self.order.pop_front() else { return };
        if let Some(record) = self.records.remove(&key) {
            self.changes.kept_from = Some(record.offset.next());
        }
    }
}

impl KeyNote {
    /// Everything but the offset.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        put_varint(out, self.time.0);
        let [high, low] = [self.hash >> 64, self.hash & u128::from(u64::MAX)];
        for half in [high, low] {
            put_u64(out, u64::try_from(half).expect("it is a half of 128 bits"));
        }
        put_slice(out, &self.key);
    }

    /// Reads what [`Self::write`] wrote.
    pub(crate) fn read(offset: Offset, reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let time = Timestamp(reader.varint()?);
        let hash = u128::from(reader.u64()?) << 64 | u128::from(reader.u64()?);
        Ok(Self { offset, time, hash, key: reader.slice()?.into() })
    }
}

impl KeyedRecord {
    /// Answers with what the first append of the record was answered, as soon as there is an answer. Gives back the
    /// question for the engine when nobody has asked it yet.
    pub(super) fn wait(self: &Arc<Self>, reply: Reply) -> Option<(Offset, Reply)> {
        let level = reply.level;
        let mut answers = self.answers();
        let awaited = answers.of(level);
        if let Some(answer) = awaited.answer.clone() {
            drop(answers);
            reply.send(answer);
            return None;
        }
        // Clients that gave up and come again must not pile up.
        if awaited.waiting.len() == awaited.waiting.capacity() {
            awaited.waiting.retain(|reply| !reply.is_given_up());
        }
        awaited.waiting.push(reply);
        if std::mem::replace(&mut awaited.is_asked, true) {
            return None;
        }
        let settles = Settles { record: Arc::clone(self), level };
        Some((self.offset, Reply::to_tree(level, move |answer| settles.answer(&answer))))
    }

    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answers {
    fn of(&mut self, level: AckLevel) -> &mut Awaited {
        match level {
            AckLevel::Ack => &mut self.processed,
            AckLevel::AppendAck | AckLevel::None => &mut self.durable,
        }
    }
}

impl Settles {
    fn answer(self, answer: &Answer) {
        let waiting = {
            let mut answers = self.record.answers();
            let awaited = answers.of(self.level);
            match answer {
                // What will be run again, or may be replayed, is asked for anew.
                Err(AppendError::Failed { fate, .. }) if *fate != Fate::Dropped => {
                    awaited.is_asked = false;
                }
                answer => {
                    let kept = answer.clone().map(|returns| returns.kept(RETURNS_BYTES_MAX));
                    awaited.answer = Some(kept);
                }
            }
            std::mem::take(&mut awaited.waiting)
        };
        waiting.into_iter().for_each(|reply| reply.send(answer.clone()));
    }
}

impl Drop for Settles {
    fn drop(&mut self) {
        let mut answers = self.record.answers();
        let awaited = answers.of(self.level);
        awaited.is_asked = false;
        let waiting = std::mem::take(&mut awaited.waiting);
        drop(answers);
        drop(waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(number: u64) -> KeyNote {
        let key = format!("key {number}").into_bytes().into();
        KeyNote { offset: Offset(number), time: Timestamp(10 * number), hash: number.into(), key }
    }

    fn keys(max: usize, age: u64, stored: Vec<KeyNote>) -> Keys {
        let options = DepotOptions::new().keys(max).key_age(Duration::from_micros(age));
        Keys::new(&options, TaskId(0), stored)
    }

    fn known(keys: &mut Keys, numbers: std::ops::Range<u64>, now: u64) -> Vec<u64> {
        let is_known = |number: &u64| keys.find(&note(*number).key, Timestamp(now)).is_some();
        numbers.filter(is_known).collect()
    }

    #[test]
    fn the_last_keys_are_known_by_count_and_by_age() {
        let mut keys = keys(3, 100, (0..2).map(note).collect());
        (2..6).for_each(|number| drop(keys.add(note(number))));
        assert_eq!(known(&mut keys, 0..6, 50), [3, 4, 5], "the last three");
        assert_eq!(keys.changes().kept_from, Some(Offset(3)));
        assert_eq!(known(&mut keys, 0..6, 139), [4, 5], "30 is older than 100");
        assert_eq!(known(&mut keys, 0..6, 20), [4, 5], "the clock went back");
        let changes = keys.changes();
        assert_eq!((changes.added.len(), changes.kept_from), (0, Some(Offset(4))));
    }

    #[test]
    fn a_key_reads_back_as_it_was_written() {
        let note = KeyNote { hash: u128::MAX - 7, ..note(300) };
        let mut bytes = Vec::new();
        note.write(&mut bytes);
        assert_eq!(KeyNote::read(Offset(300), &mut Reader::new(&bytes)).unwrap(), note);
        for end in 0..bytes.len() {
            let read = KeyNote::read(Offset(300), &mut Reader::new(&bytes[..end]));
            assert!(read.is_err(), "cut at {end}");
        }
    }

    #[test]
    fn the_engine_is_asked_once_and_everybody_gets_the_answer() {
        let mut keys = keys(9, 100, Vec::new());
        let record = keys.add(note(7));
        let (mut asked, mut answers) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            let (reply, answer) = Reply::to_client(AckLevel::Ack);
            asked.extend(record.wait(reply));
            answers.push(answer);
        }
        let [(offset, question)] = <[_; 1]>::try_from(asked).expect("it is asked once");
        assert_eq!((offset, question.level), (Offset(7), AckLevel::Ack));
        let mut returns = AckReturns::at(TaskId(3), offset);
        returns.set("topology", vec![1; RETURNS_BYTES_MAX + 1].into());
        question.send(Ok(returns));
        for mut answer in answers {
            let answer = answer.try_recv().unwrap().unwrap();
            assert_eq!(answer.place(), Some((TaskId(3), Offset(7))));
            assert!(answer.bytes() > 0, "while it is there, all of it");
        }
        let (reply, mut answer) = Reply::to_client(AckLevel::Ack);
        assert!(record.wait(reply).is_none(), "it is known");
        assert_eq!(answer.try_recv().unwrap().unwrap().bytes(), 0, "that was too large to keep");
    }

    #[test]
    fn who_waits_for_a_question_that_was_dropped_learns_it() {
        let record = keys(9, 100, Vec::new()).add(note(7));
        let (reply, mut answer) = Reply::to_client(AckLevel::AppendAck);
        drop(record.wait(reply).expect("the engine is asked"));
        assert!(answer.try_recv().is_err(), "nobody is left who could answer");
        let (reply, _) = Reply::to_client(AckLevel::AppendAck);
        assert!(record.wait(reply).is_some(), "it is asked again");
    }

    #[test]
    fn clients_that_gave_up_do_not_pile_up() {
        let record = keys(9, 100, Vec::new()).add(note(7));
        let mut question = None;
        for _ in 0..10_000 {
            let (reply, _) = Reply::to_client(AckLevel::Ack);
            question = question.or(record.wait(reply));
        }
        assert!(record.answers().processed.waiting.len() < 100);
    }
}
