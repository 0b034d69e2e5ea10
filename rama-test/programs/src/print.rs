//! Programs as source: what a user would write.

use super::interpret::{KEPT, KEYS};
use super::program::{
    Arm, Bind, Cond, Expr, Function, Hop, How, Items, LoopVar, Op, Pattern, Program, STREAMS, Stmt,
    StreamArm, Subject, Test, Type,
};

/// The module of a program.
#[must_use]
pub fn module(program: &Program) -> String {
    let mut page = Page { text: String::new(), depth: 0 };
    page.open("defmodule! {");
    page.open("pub Program {");
    page.line("depot *records: Record, hash_by(key);");
    for (number, op) in program.ops.iter().enumerate() {
        page.op(number, op);
    }
    page.open("stream flow {");
    page.line("pstate $$seen: Map<i64, Vec<Seen>> { partitioned_by: any };");
    page.line("pstate $$counts: Map<i64, Map<i64, i64>>;");
    page.line("pstate $$marks: Map<i64, Map<i64, Set<i64>>>;");
    page.line("pstate $$kept: Map<i64, i64> { partitioned_by: any };");
    page.open("sources! {");
    page.line("source(*records) :> Record { key, seq, a, b, s };");
    page.list(&program.body);
    for _ in 0..4 {
        page.close("}");
    }
    page.text
}

struct Page {
    text: String,
    depth: usize,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(&"    ".repeat(self.depth));
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn open(&mut self, line: &str) {
        self.line(line);
        self.depth += 1;
    }

    fn close(&mut self, line: &str) {
        self.depth -= 1;
        self.line(line);
    }

    fn op(&mut self, number: usize, op: &Op) {
        let params =
            op.params.iter().map(|param| format!("{}: {}", bind(param), ty(Type::of(&param.name))));
        let params = params.collect::<Vec<_>>().join(", ");
        let streams = op.streams.iter().zip(STREAMS).map(|(types, name)| {
            let types: Vec<&str> = types.iter().copied().map(ty).collect();
            format!("{name}: {}", tuple(&types))
        });
        let streams = streams.collect::<Vec<_>>().join(", ");
        let emits = if op.streams.is_empty() { "" } else { " :> " };
        self.open(&format!("op op{number}({params}){emits}{streams} {{"));
        self.list(&op.body);
        self.close("}");
    }

    fn list(&mut self, list: &[Stmt]) {
        for stmt in list {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::If(arms, otherwise) => self.branches(arms, otherwise.as_deref()),
            Stmt::Match(subject, arms) => {
                let subject = match subject {
                    Subject::Int(value) => expr(value),
                    Subject::Half(value) => format!("halve({})", expr(value)),
                };
                self.open(&format!("match {subject} {{"));
                for Arm { pattern, guard, block } in arms {
                    self.arm(&pattern_of(pattern), guard.as_ref(), block);
                }
                self.close("}");
            }
            Stmt::MatchOp(op, args, arms) => {
                self.open(&format!("match op{op}({}) {{", exprs(args)));
                for StreamArm { stream, binds, guard, block } in arms {
                    let pattern = format!("{}({})", STREAMS[*stream], pattern(binds));
                    self.arm(&pattern, guard.as_ref(), block);
                }
                self.close("}");
            }
            Stmt::LetElse(name, value, block) => {
                self.open(&format!("let Some({}) = halve({}) else {{", bind(name), expr(value)));
                self.list(block);
                self.line("filter(false);");
                self.close("};");
            }
            Stmt::Branch(block) => self.block("branch {", block, "}"),
            Stmt::Atomic(block) => self.block("atomic {", block, "}"),
            Stmt::From(labels, block) => {
                let labels: Vec<String> = labels.iter().map(|label| format!("'a{label}")).collect();
                self.block(&format!("from {} {{", labels.join(", ")), block, "}");
            }
            Stmt::Loop(vars, block, binds) => {
                let vars: Vec<String> = vars.iter().map(variable).collect();
                let end = if binds.is_empty() {
                    "}".to_owned()
                } else {
                    format!("}} :> {};", pattern(binds))
                };
                self.block(&format!("loop ({}) {{", vars.join(", ")), block, &end);
            }
            other => lines(other).iter().for_each(|line| self.line(&format!("{line};"))),
        }
    }

    fn block(&mut self, head: &str, block: &[Stmt], end: &str) {
        self.open(head);
        self.list(block);
        self.close(end);
    }

    fn branches(&mut self, arms: &[(Test, Vec<Stmt>)], otherwise: Option<&[Stmt]>) {
        for (at, (test, block)) in arms.iter().enumerate() {
            let word = if at == 0 { "if" } else { "} else if" };
            self.open(&format!("{word} {} {{", test_of(test)));
            self.list(block);
            self.depth -= 1;
        }
        if let Some(block) = otherwise {
            self.open("} else {");
            self.list(block);
            self.depth -= 1;
        }
        self.line("}");
    }

    fn arm(&mut self, pattern: &str, guard: Option<&Cond>, block: &[Stmt]) {
        let guard = guard.map(|guard| format!(" if {}", cond(guard))).unwrap_or_default();
        match block {
            [one @ (Stmt::Let(..) | Stmt::Call(..) | Stmt::Explode(..) | Stmt::Emit(..))] => {
                self.line(&format!("{pattern}{guard} => {},", lines(one)[0]));
            }
            [] => self.line(&format!("{pattern}{guard} => (),")),
            block => self.block(&format!("{pattern}{guard} => {{"), block, "}"),
        }
    }
}

/// Statements without blocks, some of which are several, without their semicolons.
fn lines(stmt: &Stmt) -> Vec<String> {
    let mut lines = Vec::new();
    let last = match stmt {
        Stmt::Let(binds, values) => format!("let {} = {}", pattern(binds), value(values)),
        Stmt::Bring(values, binds) => format!("{} :> {}", value(values), pattern(binds)),
        Stmt::Assign(name, value) => format!("{name} = {}", expr(value)),
        Stmt::Add(name, step) if Type::of(name) == Type::Text => {
            format!("{name}.push_str(\"{step}\")")
        }
        Stmt::Add(name, step) => format!("{name} += {step}"),
        Stmt::Call(function, args, binds) => {
            let function = match function {
                Function::Twice => "twice",
                Function::Shout => "shout",
                Function::Both => "both",
            };
            format!("{function}({}) :> {}", exprs(args), pattern(binds))
        }
        Stmt::Explode(items, binds) => {
            format!("explode({}) :> {}", items_of(items), pattern(binds))
        }
        Stmt::Filter(holds) => format!("filter({})", cond(holds)),
        Stmt::CallOp(op, args, None) => format!("op{op}({})", exprs(args)),
        Stmt::CallOp(op, args, Some(binds)) => {
            format!("op{op}({}) :> {}", exprs(args), pattern(binds))
        }
        Stmt::Hop(hop) => match hop {
            Hop::Hash(value) => format!("|hash({})", expr(value)),
            Hop::All => "|all()".to_owned(),
            Hop::Global => "|global()".to_owned(),
            Hop::Shuffle => "|shuffle()".to_owned(),
            Hop::Direct(value) => {
                lines.push("task_count() :> tasks".to_owned());
                format!("|direct(task_of({}, tasks))", expr(value))
            }
        },
        Stmt::Yield => "yield_if_overtime()".to_owned(),
        Stmt::Here(name) => {
            lines.push("current_task_id() :> here".to_owned());
            format!("let {} = i64::from(here.0)", bind(name))
        }
        Stmt::Anchor(label) => format!("anchor 'a{label}"),
        Stmt::Emit(stream, values, tupled) => {
            let stream = stream.map(|stream| format!("{}: ", STREAMS[stream])).unwrap_or_default();
            let values = if *tupled { value(values) } else { exprs(values) };
            format!("emit({stream}{values})")
        }
        Stmt::Continue(values) => format!("continue_with({})", exprs(values)),
        other => return stored(other),
    };
    lines.push(last);
    lines
}

/// Statements that read and write what is stored.
fn stored(stmt: &Stmt) -> Vec<String> {
    let at = |key: &Expr| {
        vec![format!("let slot = ({}).rem_euclid({KEYS})", expr(key)), "|hash(slot)".to_owned()]
    };
    let mut lines = Vec::new();
    let last = match stmt {
        Stmt::Write(label, [one, two, text], inline) => {
            let values = format!("({label}, {}, {}, {})", expr(one), expr(two), expr(text));
            if *inline {
                format!(
                    "local_transform([keypath(seq), nil_to_val(Vec::new()), update(|all| all.push({values}))], $$seen)"
                )
            } else {
                format!(
                    "local_transform([keypath(seq), NIL_TO_LIST, AFTER_ELEM, termval({values})], $$seen)"
                )
            }
        }
        Stmt::Count(key, value) => {
            lines = at(key);
            let value = expr(value);
            format!(
                "local_transform([keypath(slot, seq), nil_to_val(0), term(|n| n + ({value}) % 100)], $$counts)"
            )
        }
        Stmt::Mark(key, value) => {
            lines = at(key);
            let value = expr(value);
            format!(
                "local_transform([keypath(slot, seq), NIL_TO_SET, NONE_ELEM, termval({value})], $$marks)"
            )
        }
        Stmt::Read(how, key, found) => {
            lines = at(key);
            let (found, seq) = (bind(found), "seq - 1");
            match how {
                How::One => format!(
                    "local_select([keypath(slot, {seq}), nil_to_val(0)], $$counts) :> {found}"
                ),
                How::Any => format!("local_select([must(slot), must({seq})], $$counts) :> {found}"),
                How::Many => {
                    format!("local_select([must(slot), must({seq}), ALL], $$marks) :> {found}")
                }
                How::Pages => {
                    format!("yielding_select([must(slot), must({seq}), ALL], $$marks) :> {found}")
                }
            }
        }
        Stmt::Keep(slot, value) => {
            let value = expr(value);
            format!(
                "local_transform([keypath({slot}), nil_to_val(0), term(|n| (n + {value}) % {KEPT})], $$kept)"
            )
        }
        Stmt::Recall(slot, found) => {
            format!("local_select([keypath({slot}), nil_to_val(0)], $$kept) :> {}", bind(found))
        }
        other => unreachable!("{other:?} has blocks"),
    };
    lines.push(last);
    lines
}

fn ty(ty: Type) -> &'static str {
    match ty {
        Type::Int => "i64",
        Type::Text => "String",
    }
}

fn bind(bind: &Bind) -> String {
    format!("{}{}", if bind.mutable { "mut " } else { "" }, bind.name)
}

/// One stands alone, others in parentheses.
fn tuple<T: AsRef<str>>(all: &[T]) -> String {
    match all {
        [one] => one.as_ref().to_owned(),
        several => {
            let several: Vec<&str> = several.iter().map(AsRef::as_ref).collect();
            format!("({})", several.join(", "))
        }
    }
}

fn pattern(binds: &[Bind]) -> String {
    tuple(&binds.iter().map(bind).collect::<Vec<_>>())
}

fn value(values: &[Expr]) -> String {
    tuple(&values.iter().map(expr).collect::<Vec<_>>())
}

fn exprs(values: &[Expr]) -> String {
    values.iter().map(expr).collect::<Vec<_>>().join(", ")
}

fn variable(LoopVar { bind: name, typed, first }: &LoopVar) -> String {
    let ty = if *typed { format!(": {}", ty(Type::of(&name.name))) } else { String::new() };
    format!("{}{ty} = {}", bind(name), expr(first))
}

fn pattern_of(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Ints(all) => all.iter().map(i64::to_string).collect::<Vec<_>>().join(" | "),
        Pattern::Name(name) => bind(name),
        Pattern::Some(name) => format!("Some({})", bind(name)),
        Pattern::None => "None".to_owned(),
        Pattern::Any => "_".to_owned(),
    }
}

fn items_of(items: &Items) -> String {
    match items {
        Items::List(all) => format!("[{}]", exprs(all)),
        Items::Range(end, bound) => format!("0..({}).rem_euclid({bound})", expr(end)),
        Items::Pairs(all) => {
            let pairs: Vec<String> =
                all.iter().map(|(one, two)| format!("({}, {})", expr(one), expr(two))).collect();
            format!("[{}]", pairs.join(", "))
        }
    }
}

fn test_of(test: &Test) -> String {
    let half = test
        .half
        .as_ref()
        .map(|(name, value)| format!("let Some({}) = halve({})", bind(name), expr(value)));
    let holds = test.cond.as_ref().map(cond);
    half.into_iter().chain(holds).collect::<Vec<_>>().join(" && ")
}

fn cond(holds: &Cond) -> String {
    match holds {
        Cond::Less(value, bound) => format!("{} < {bound}", expr(value)),
        Cond::Even(value) => format!("({}) % 2 == 0", expr(value)),
        Cond::Longer(name, bound) => format!("{name}.len() > {bound}"),
        Cond::And(left, right) => format!("{} && {}", cond(left), cond(right)),
        Cond::Not(inner) => format!("!({})", cond(inner)),
    }
}

fn expr(value: &Expr) -> String {
    match value {
        Expr::Int(number) => format!("{number}_i64"),
        Expr::Var(name) => name.clone(),
        Expr::Calc(operator, left, right, modulus) => {
            format!("({} {operator} {}) % {modulus}", operand(left), operand(right))
        }
        Expr::Step(name, step) if *step < 0 => format!("{name} - {}", -step),
        Expr::Step(name, step) => format!("{name} + {step}"),
        Expr::Length(name) => format!("({name}.len() as i64)"),
        Expr::Literal(text) => format!("{text:?}.to_owned()"),
        Expr::Format(names) => {
            let parts: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
            format!("format!(\"{}\")", parts.join("-"))
        }
        Expr::Copy(name) => format!("{name}.clone()"),
    }
}

fn operand(value: &Expr) -> String {
    match value {
        Expr::Calc(..) | Expr::Step(..) => format!("({})", expr(value)),
        other => expr(other),
    }
}
