use super::scene::Scene;
use crate::logs::{Live, LiveStream, STREAM_SECONDS, live};
use blastline_jobs::logs::Cursor;
use blastline_jobs::ports::JobRole;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A reader as a page is one: keeps lines by their names, and the place it comes back with.
struct Reader {
    stream: Option<LiveStream>,
    held: Cursor,
    ids: BTreeSet<String>,
    lines: BTreeMap<(String, String, u32), Vec<String>>,
    completed: bool,
    pauses: u32,
}

impl Reader {
    fn new(scene: &Scene) -> Self {
        Self {
            stream: Some(live(&scene.house.deps, &scene.job, Cursor::default())),
            held: Cursor::default(),
            ids: BTreeSet::new(),
            lines: BTreeMap::new(),
            completed: false,
            pauses: 0,
        }
    }

    /// Comes back from the place it was given last, or from an earlier one.
    fn reconnect(&mut self, scene: &Scene, place: &Cursor) {
        if !self.completed {
            let text = place.encode(&scene.job);
            let place = Cursor::decode(&scene.job, &text).unwrap();
            self.stream = Some(live(&scene.house.deps, &scene.job, place));
        }
    }

    /// Takes at most so many items that are there.
    fn take(&mut self, most: usize) -> usize {
        for taken in 0..most {
            let Some(item) = self.stream.as_mut().and_then(LiveStream::ready) else { return taken };
            match item {
                Live::Line { source, event } => {
                    self.held.note(&source.key(), event.mark());
                    if self.ids.insert(event.id) {
                        let key = (source.pod, source.container, source.attempt);
                        self.lines.entry(key).or_default().push(event.line);
                    }
                }
                Live::Completed => self.completed = true,
                Live::Pause => self.pauses += 1,
                Live::Job(_) | Live::Source { .. } => {}
            }
        }
        most
    }
}

/// Lets everything run that can.
async fn breathe() {
    for _ in 0..60 {
        tokio::task::yield_now().await;
    }
}

async fn drain(scene: &Scene, readers: &mut [Reader]) {
    for _ in 0..60 {
        loop {
            breathe().await;
            if readers.iter_mut().map(|reader| reader.take(1_000)).sum::<usize>() == 0 {
                break;
            }
        }
        scene.house.clock.advance(Duration::from_secs(1));
    }
}

async fn finish(scene: &Scene) {
    for pod in scene.cluster.peek_pods(&scene.job) {
        for container in pod.containers {
            scene.end(&pod.name, &container.name);
        }
    }
    assert!(scene.look().await);
    let cancelled = |row: &mut blastline_jobs::rows::JobRow| {
        row.enter(blastline_jobs::state::Phase::Cancelling, row.updated_at)?;
        row.enter(blastline_jobs::state::Phase::Cancelled, row.updated_at)?;
        Ok(true)
    };
    scene.house.deps.jobs().update(&scene.job, cancelled).await.unwrap();
}

#[tokio::test]
async fn readers_get_stored_lines_and_lines_as_they_are_said() {
    let scene = Scene::new().await;
    scene.pod("batch-000", JobRole::Blast, &["blast"]);
    scene.say("batch-000", "blast", &["a", "b", "c"]);
    scene.look().await;
    scene.say("batch-000", "blast", &["d"]);
    let mut readers = [Reader::new(&scene)];
    drain(&scene, &mut readers).await;
    scene.say("batch-000", "blast", &["e"]);
    breathe().await;
    readers[0].take(100);
    let key = ("batch-000".to_owned(), "blast".to_owned(), 0);
    assert_eq!(readers[0].lines[&key], ["a", "b", "c", "d", "e"], "without a look and without a wait");
    scene.pod("batch-001", JobRole::Blast, &["blast"]);
    scene.say("batch-001", "blast", &["late"]);
    drain(&scene, &mut readers).await;
    finish(&scene).await;
    drain(&scene, &mut readers).await;
    assert_eq!(readers[0].lines, *scene.said.lock().unwrap());
    assert!(readers[0].completed);
}

#[tokio::test]
async fn a_stream_ends_itself_before_the_platform_does() {
    let scene = Scene::new().await;
    let mut reader = Reader::new(&scene);
    breathe().await;
    scene.house.clock.advance(Duration::from_secs(STREAM_SECONDS - 1));
    breathe().await;
    reader.take(100);
    assert_eq!(reader.pauses, 0);
    scene.house.clock.advance(Duration::from_secs(1));
    breathe().await;
    reader.take(100);
    assert_eq!(reader.pauses, 1);
    const { assert!(STREAM_SECONDS < 230) };
}

#[tokio::test]
async fn a_pod_that_is_removed_while_it_is_followed_ends_in_good_order() {
    let scene = Scene::new().await;
    scene.pod("batch-000", JobRole::Blast, &["blast"]);
    let mut readers = [Reader::new(&scene)];
    scene.say("batch-000", "blast", &["a"]);
    drain(&scene, &mut readers).await;
    scene.look().await;
    scene.cluster.remove_pod("batch-000");
    scene.look().await;
    drain(&scene, &mut readers).await;
    finish(&scene).await;
    drain(&scene, &mut readers).await;
    assert!(readers[0].completed);
    assert_eq!(readers[0].lines, *scene.said.lock().unwrap());
}

#[derive(Debug, Clone)]
enum Event {
    Say { container: usize, lines: usize },
    Restart(usize),
    Look,
    Cut,
    Read { reader: usize, most: usize },
    Leave(usize),
    Pass(u64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0usize..3, 1usize..30).prop_map(|(container, lines)| Event::Say { container, lines }),
        1 => (0usize..3).prop_map(Event::Restart),
        2 => Just(Event::Look),
        1 => Just(Event::Cut),
        4 => (0usize..3, 1usize..40).prop_map(|(reader, most)| Event::Read { reader, most }),
        2 => (0usize..3).prop_map(Event::Leave),
        2 => (1u64..30).prop_map(Event::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_reader_ends_with_the_same_lines_in_order(events in prop::collection::vec(event(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let scene = Scene::new().await;
            let places = [("batch-000", "blast"), ("batch-000", "results-export"), ("batch-001", "blast")];
            scene.pod("batch-000", JobRole::Blast, &["blast", "results-export"]);
            scene.pod("batch-001", JobRole::Blast, &["blast"]);
            let mut readers = [Reader::new(&scene), Reader::new(&scene), Reader::new(&scene)];
            let mut number = 0;
            for event in events {
                match event {
                    Event::Say { container, lines } => {
                        let lines: Vec<_> = (0..lines).map(|_| { number += 1; format!("line {number}") }).collect();
                        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
                        scene.say(places[container].0, places[container].1, &lines);
                    }
                    Event::Restart(container) => {
                        scene.look().await;
                        scene.restart(places[container].0, places[container].1);
                        scene.look().await;
                    }
                    Event::Look => assert!(scene.look().await),
                    Event::Cut => scene.cluster.logs().cut(),
                    Event::Read { reader, most } => {
                        breathe().await;
                        readers[reader].take(most);
                    }
                    Event::Leave(reader) => {
                        let place = readers[reader].held.clone();
                        readers[reader].reconnect(&scene, &place);
                    }
                    Event::Pass(seconds) => scene.house.clock.advance(Duration::from_secs(seconds)),
                }
            }
            finish(&scene).await;
            for _ in 0..4 {
                drain(&scene, &mut readers).await;
                for reader in readers.iter_mut().filter(|reader| !reader.completed && reader.pauses > 0) {
                    reader.pauses = 0;
                    let place = reader.held.clone();
                    reader.reconnect(&scene, &place);
                }
            }
            let said = scene.said.lock().unwrap().clone();
            for reader in &readers {
                prop_assert!(reader.completed);
                prop_assert_eq!(&reader.lines, &said);
            }
            Ok(())
        })?;
    }
}
