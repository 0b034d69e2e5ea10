//! The plan as text: one line per step, indented as it nests.

use std::fmt::Write as _;

use super::{
    Access, Arg, Argument, Arm, Branch, DepotBy, Entry, Navigation, Op, PState, PStateOption,
    Param, Paths, Plan, Route, Segment, Slot, Step, Test, Topology, Wait,
};
use crate::analysis::shown;
use crate::ops::Yields;
use crate::syntax::{Let, Pattern, text};

/// The whole plan.
pub(crate) fn show(plan: &Plan) -> String {
    let mut printer = Printer { out: String::new(), ports: Vec::new(), depth: 0 };
    printer.line(format!("module {}", plan.name));
    for depot in &plan.depots {
        let by = match &depot.by {
            DepotBy::Field { operator, field } => format!("{operator}({})", text(field)),
            DepotBy::Closure { operator, param, key } => {
                format!("{operator}(|{}| {})", text(param), text(&key.tokens))
            }
            DepotBy::Plain(operator) => operator.to_string(),
        };
        let options = depot.options.iter();
        let options = options.map(|one| format!("{}: {}", one.name, text(&one.value.tokens)));
        let options = in_braces(&options.collect::<Vec<_>>());
        printer.line(format!("depot *{}: {}, {by}{options}", depot.name, text(&depot.event)));
    }
    for import in &plan.imports {
        printer.line(format!("use op {} as {}", text(&import.path), import.name));
    }
    plan.ops.iter().for_each(|op| printer.op(op));
    plan.topologies.iter().for_each(|topology| printer.topology(topology));
    printer.out
}

struct Printer {
    out: String,
    /// Names of the ports of the topology.
    ports: Vec<String>,
    depth: usize,
}

impl Printer {
    fn line(&mut self, line: impl AsRef<str>) {
        let indent = "  ".repeat(self.depth);
        let line = line.as_ref();
        writeln!(self.out, "{indent}{line}").expect("writing to a string cannot fail");
    }

    fn nested(&mut self, inside: impl FnOnce(&mut Self)) {
        self.depth += 1;
        inside(self);
        self.depth -= 1;
    }

    fn topology(&mut self, topology: &Topology) {
        self.ports = topology.ports.iter().map(|port| port.name.clone()).collect();
        let broken = if topology.broken { " (for editors only)" } else { "" };
        self.line(format!("{} {}{broken}", topology.keyword, topology.name));
        self.nested(|inner| {
            for pstate in &topology.pstates {
                inner.line(declaration(pstate));
            }
            inner.segments(&topology.segments);
        });
    }

    fn op(&mut self, op: &Op) {
        self.ports = op.ports.iter().map(|port| port.name.clone()).collect();
        let params = |list: &[Param]| -> String {
            let param = |param: &Param| format!("{}: {}", param.name.name, text(&param.ty));
            list.iter().map(param).collect::<Vec<_>>().join(", ")
        };
        let streams = match op.streams.as_slice() {
            [] => String::new(),
            streams => format!(" :> {}", params(streams)),
        };
        let how = if op.hops { " (may leave its task)" } else { "" };
        self.line(format!("op {}({}){streams}{how}", op.name, params(&op.params)));
        self.nested(|inner| inner.segments(&op.segments));
    }

    fn segments(&mut self, segments: &[Segment]) {
        for segment in segments {
            let head = match &segment.entry {
                Entry::Source { keyword, depot, options, pattern } => {
                    let (options, pattern) = (shown(options), text(&pattern.tokens));
                    format!("segment {keyword}(*{depot}{options}) :> {pattern}")
                }
                Entry::Port { port, patterns, frame } => {
                    format!("segment {} {}", self.ports[port.0], arrival(patterns, frame))
                }
                Entry::Op { name, params, caller, .. } => {
                    let all: Vec<Slot> = params.iter().chain(caller).cloned().collect();
                    format!("segment {name} {}", slots(&all))
                }
            };
            self.line(head);
            self.nested(|body| body.steps(&segment.body));
        }
    }

    fn steps(&mut self, steps: &[Step]) {
        steps.iter().for_each(|step| self.step(step));
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Let(binding) => self.line(assigned(binding)),
            Step::LetElse { binding, otherwise, body, .. } => {
                self.line(format!("{} else", assigned(binding)));
                self.nested(|inner| inner.steps(otherwise));
                self.steps(body);
            }
            Step::Rust(rust) => self.line(text(&rust.code.tokens)),
            Step::Call { function, args: given, pattern } => {
                self.line(format!("{function}{} :> {}", args(given), text(&pattern.tokens)));
            }
            Step::Emit { value, pattern } => {
                self.line(format!("{} :> {}", arg(value), text(&pattern.tokens)));
            }
            Step::Each { pattern, items, body } => {
                self.line(format!("each {} of {}", text(&pattern.tokens), arg(items)));
                self.nested(|inner| inner.steps(body));
            }
            Step::When { condition, body } => {
                self.line(format!("when {}", text(&condition.tokens)));
                self.nested(|inner| inner.steps(body));
            }
            Step::Select { .. } | Step::EnterPages { .. } | Step::Page { .. } => self.read(step),
            Step::Transform(_)
            | Step::Clear { .. }
            | Step::AckReturn { .. }
            | Step::Key { .. }
            | Step::AssumeHome { .. }
            | Step::Ask { .. }
            | Step::Append { .. } => self.operator(step),
            Step::Rounds { .. }
            | Step::PushRound { .. }
            | Step::Defer { .. }
            | Step::Aside { .. } => self.round(step),
            Step::Branch { branch, gives } => {
                self.branch(branch);
                if !gives.is_empty() {
                    self.line(format!("gives {}", slots(gives)));
                }
            }
            Step::Unify { join, from, patterns, frame, body } => {
                self.step(from);
                self.line(format!("behind join {} {}", join.0, arrival(patterns, frame)));
                self.nested(|inner| inner.steps(body));
            }
            Step::Copy(copy) => self.line(format!("copy of {}", slot(copy))),
            Step::Alias { name, variable } => self.line(format!("{variable} is also {name}")),
            Step::RunOp { .. }
            | Step::CallOp { .. }
            | Step::Wait { .. }
            | Step::Yield { .. }
            | Step::Give { .. } => self.call(step),
            Step::Hop { hop, port, frame } => {
                let port = &self.ports[port.0];
                self.line(format!(
                    "hop |{}{} -> {port} {}",
                    hop.name,
                    route(&hop.route),
                    args(frame)
                ));
            }
            Step::Enter { port, frame } => {
                self.line(format!("enter {} {}", self.ports[port.0], args(frame)));
            }
            Step::Join { join, frame } => {
                self.line(format!("join {} {}", join.0, args(frame)));
            }
            Step::Result(frame) => self.line(format!("give {}", args(frame))),
        }
    }

    /// A call on the task.
    fn operator(&mut self, step: &Step) {
        match step {
            Step::Transform(write) => self.line(access(write)),
            Step::Clear { operator, pstate } => self.line(format!("{operator}($${pstate})")),
            Step::AckReturn { operator, value } => self.line(format!("{operator}({})", arg(value))),
            Step::Key { name, pstate, value } => {
                self.line(format!("{name} = key of $${pstate} {}", arg(value)));
            }
            Step::AssumeHome { operator, key } => self.line(format!("{operator}({})", arg(key))),
            Step::Ask { operator, pattern } => {
                self.line(format!("{operator}() :> {}", text(&pattern.tokens)));
            }
            Step::Append { operator, depot, event } => {
                self.line(format!("{operator}(*{depot}, {})", arg(event)));
            }
            _ => {}
        }
    }

    /// Iterations, what adds to them, and statements beside the flow.
    fn round(&mut self, step: &Step) {
        match step {
            Step::Rounds { rounds, variables, frame, first, body } => {
                let (variables, first) = (arrival(variables, frame), args(first));
                self.line(format!("rounds {} {variables} from {first}", rounds.0));
                self.nested(|inner| inner.steps(body));
            }
            Step::PushRound { rounds, frame } => {
                self.line(format!("round {} {}", rounds.0, args(frame)));
            }
            Step::Defer { port, frame } => {
                self.line(format!("later {} {}", self.ports[port.0], args(frame)));
            }
            Step::Aside { settles, body } => {
                self.line(if *settles { "atomic" } else { "branch" });
                self.nested(|inner| inner.steps(body));
            }
            _ => {}
        }
    }

    /// What goes to an operation, or comes out of it.
    fn call(&mut self, step: &Step) {
        match step {
            Step::RunOp { op, args: given } => self.line(format!("{op}{}", args(given))),
            Step::CallOp { op, args: given, pattern, body } => {
                self.line(format!("{op}{} :> {}", args(given), text(&pattern.tokens)));
                self.nested(|inner| inner.steps(body));
            }
            Step::Wait { what, port, frame } => {
                let (port, frame) = (&self.ports[port.0], args(frame));
                let line = format!("{} -> {port} {frame}", waited(what));
                self.line(line);
            }
            Step::Yield { operator, port, frame } => {
                let (port, frame) = (&self.ports[port.0], args(frame));
                let line = format!("{operator} -> {port} {frame}");
                self.line(line);
            }
            Step::Give { stream, value, caller, .. } => {
                let stream = stream.as_ref().map(|one| format!("{}: ", one.name));
                let caller = caller.as_ref().map(|caller| format!(" to {caller}"));
                let line = format!(
                    "emit({}{}){}",
                    stream.unwrap_or_default(),
                    arg(value),
                    caller.unwrap_or_default()
                );
                self.line(line);
            }
            _ => {}
        }
    }

    /// A select, whole or in pages.
    fn read(&mut self, step: &Step) {
        match step {
            Step::Select { read, yields, pattern, body } => {
                let how = match yields {
                    Yields::One => "one",
                    Yields::AtMostOne => "at most one",
                    Yields::Many => "many",
                };
                let pattern = text(&pattern.tokens);
                self.line(format!("{} :> {pattern} ({how})", access(read)));
                self.nested(|inner| inner.steps(body));
            }
            Step::EnterPages { port, frame } => {
                self.line(format!(
                    "enter {} {} at the first page",
                    self.ports[port.0],
                    args(frame)
                ));
            }
            Step::Page { read, port, frame, pattern, body, .. } => {
                let pattern = text(&pattern.tokens);
                self.line(format!("{} :> {pattern} (a page)", access(read)));
                self.nested(|inner| inner.steps(body));
                self.line(format!("again {} {}", self.ports[port.0], args(frame)));
            }
            _ => {}
        }
    }

    fn branch(&mut self, branch: &Branch) {
        if let Some(value) = &branch.value {
            self.line(format!("match {}", text(&value.tokens)));
        }
        for (at, arm) in branch.arms.iter().enumerate() {
            self.line(arm_head(arm, at == 0));
            self.nested(|inner| inner.steps(&arm.body));
        }
    }
}

fn assigned(binding: &Let) -> String {
    let value = binding.value.as_ref().map(|value| text(&value.tokens));
    format!("{} {}", text(&binding.head), value.unwrap_or_default())
}

fn in_braces(options: &[String]) -> String {
    if options.is_empty() { String::new() } else { format!(" {{ {} }}", options.join(", ")) }
}

fn declaration(pstate: &PState) -> String {
    let option = |option: &PStateOption| match &option.value {
        Some(value) => format!("{}: {}", option.name, text(&value.tokens)),
        None => option.name.to_string(),
    };
    let options = in_braces(&pstate.options.iter().map(option).collect::<Vec<_>>());
    format!("pstate $${}: {}{options}", pstate.name, text(&pstate.schema))
}

fn arm_head(arm: &Arm, first: bool) -> String {
    match &arm.test {
        Test::Condition(condition) => {
            let word = if first { "if" } else { "else if" };
            format!("{word} {}", text(&condition.tokens))
        }
        Test::Else => "else".to_owned(),
        Test::Pattern { pattern, guard } => {
            let guard = guard.as_ref().map(|guard| format!(" if {}", text(&guard.tokens)));
            format!("case {}{}", text(&pattern.tokens), guard.unwrap_or_default())
        }
    }
}

fn access(access: &Access) -> String {
    format!("{}({}, $${})", access.operator, path(&access.path), access.pstate)
}

fn path(path: &[Navigation]) -> String {
    let steps: Vec<String> = path.iter().map(navigation).collect();
    format!("[{}]", steps.join(", "))
}

fn navigation(call: &Navigation) -> String {
    match call.args.as_slice() {
        [] => call.name.to_string(),
        [Argument::Field(name)] => format!(".{name}"),
        args => {
            let args: Vec<String> =
                args.iter().map(argument).filter(|arg| !arg.is_empty()).collect();
            format!("{}({})", call.name, args.join(", "))
        }
    }
}

fn argument(argument: &Argument) -> String {
    match argument {
        Argument::Value(value) => arg(value),
        Argument::Field(name) => name.to_string(),
        Argument::Again(name) => name.to_string(),
        Argument::Range(options) => {
            let options: Vec<String> =
                options.iter().map(|(name, value)| format!("{name}: {}", arg(value))).collect();
            options.join(", ")
        }
        Argument::Inside(inside) => {
            let again = inside.again.iter().map(|name| format!("{name}, "));
            again.collect::<String>() + &paths(&inside.paths)
        }
    }
}

fn paths(inside: &Paths) -> String {
    match inside {
        Paths::One(steps) => path(steps),
        Paths::Tuple(several) => {
            let several: Vec<String> = several.iter().map(paths).collect();
            several.join(", ")
        }
    }
}

fn waited(what: &Wait) -> String {
    match what {
        Wait::Op { op, args: given } => format!("{op}{}", args(given)),
        Wait::Future { operator, future, timeout } => {
            let timeout = timeout.as_ref().map(|timeout| format!(", timeout: {}", arg(timeout)));
            format!("{operator}({}{})", arg(future), timeout.unwrap_or_default())
        }
        Wait::Append { operator, depot, event, level } => {
            format!("{operator}(*{depot}, {}, {level})", arg(event))
        }
    }
}

/// What arrives in a frame behind what is bound to patterns.
fn arrival(patterns: &[Pattern], frame: &[Slot]) -> String {
    if patterns.is_empty() {
        return slots(frame);
    }
    let patterns = patterns.iter().map(|pattern| text(&pattern.tokens));
    let all: Vec<String> = patterns.chain(frame.iter().map(slot)).collect();
    format!("({})", all.join(", "))
}

fn slot(slot: &Slot) -> String {
    let mutable = if slot.mutable { "mut " } else { "" };
    format!("{mutable}{}", slot.name)
}

fn slots(slots: &[Slot]) -> String {
    let names: Vec<String> = slots.iter().map(slot).collect();
    format!("({})", names.join(", "))
}

fn route(route: &Route<Arg>) -> String {
    match route {
        Route::Plain | Route::Zero => "()".to_owned(),
        Route::Key(one) | Route::Task(one) | Route::Function(one) => format!("({})", arg(one)),
        Route::KeyIn(pstate, key) => format!("($${pstate}, {})", arg(key)),
        Route::GlobalIn(pstate) => format!("($${pstate})"),
    }
}

fn args(args: &[Arg]) -> String {
    let args: Vec<String> = args.iter().map(arg).collect();
    format!("({})", args.join(", "))
}

fn arg(given: &Arg) -> String {
    match given {
        Arg::Variable(name) | Arg::Alias { name, clone: false } => name.to_string(),
        Arg::Clone(name) | Arg::Alias { name, clone: true } => format!("{name}.clone()"),
        Arg::Tuple(elements) => args(elements),
        Arg::Code(code) => text(&code.tokens),
        Arg::Typed(_, value) => arg(value),
    }
}
