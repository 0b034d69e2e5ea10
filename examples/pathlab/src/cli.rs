//! The command line. It only reads it; nothing is opened here.

use std::path::PathBuf;

use clap::Parser;
use rama_core::dynamic::Type;

const EXAMPLES: &str = r#"Examples:
  echo '{"op": "select", "path": ["users", ["MAP_VALS"], "name"], "data": {"users": {"1": {"name": "ada"}}}}' | pathlab
  echo '{"op": "setval", "path": [7, "name"], "value": "ada"}' | pathlab --schema 'Map<u64, { name: String }>'
  pathlab --navigators | less

A request is one line:
  {"op": "select" | "select_one" | "select_any" | "selected_any" | "transform" | "setval",
   "path": [step, …], "data": …, "value": …}
Without "data" it works on what the line before it left. "value" is what setval sets. A step is
["navigator", argument, …], or a key. The answer is {"result": …} or {"error": "…", "step": […]}.
Empty lines and lines that begin with # are left out."#;

/// Runs paths over JSON, one request per line.
#[derive(Clone, Debug, Parser)]
#[command(name = "pathlab", version, after_help = EXAMPLES)]
pub struct Cli {
    /// Read requests from this file instead of standard input
    pub file: Option<PathBuf>,

    /// Keep the data in a PState of this schema, such as `Map<String, Subindexed<Set<u64>>>`
    #[arg(long, value_name = "TYPE", value_parser = schema)]
    pub schema: Option<Type>,

    /// List all navigators, each with an example, and stop
    #[arg(long)]
    pub navigators: bool,

    /// List the functions that paths can name, and stop
    #[arg(long, conflicts_with = "navigators")]
    pub functions: bool,
}

fn schema(text: &str) -> Result<Type, String> {
    let ty: Type = text.parse().map_err(|error| format!("{error}"))?;
    ty.check_schema().map_err(|error| error.to_string())?;
    Ok(ty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_schema_that_cannot_be_is_refused() {
        let parse = |schema| Cli::try_parse_from(["pathlab", "--schema", schema]);
        assert!(parse("Map<u64, String>").is_ok());
        let message = parse("Set<u64>").unwrap_err().to_string();
        assert!(message.contains("write `Map<K, Set<u64>>`"), "{message}");
        let message = parse("Map<u64>").unwrap_err().to_string();
        assert!(message.contains("column 1 of the type: `Map` takes two types"), "{message}");
    }
}
