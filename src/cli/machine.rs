//! The machine that computes: what the colophon tells of it. None of it reaches a result.

use crate::store;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::process::{Command, Stdio};

/// A machine, as far as it tells of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Machine {
    /// The name of the processor, for example "AMD EPYC 7763 64-Core Processor".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    processor: Option<String>,
    /// How many logical cores a program may use there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cores: Option<usize>,
    /// The operating system.
    #[serde(default)]
    os: String,
    /// The processor's architecture.
    #[serde(default)]
    arch: String,
    /// The name of the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl Machine {
    /// This machine.
    pub(super) fn here() -> Self {
        Self {
            processor: processor(),
            cores: std::thread::available_parallelism().ok().map(usize::from),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            name: file("/proc/sys/kernel/hostname").or_else(|| answer("hostname", &[])),
        }
    }

    /// A machine of which no more is known than its system.
    pub(super) fn of(os: &str, arch: &str) -> Self {
        Self { os: os.to_owned(), arch: arch.to_owned(), ..Self::default() }
    }

    /// The machine in words; what is not known is left out, `None` where nothing is.
    pub(super) fn words(&self) -> Option<String> {
        let cores = self.cores.map(|cores| match cores {
            1 => "1 logical core".to_owned(),
            cores => format!("{cores} logical cores"),
        });
        let system = match (self.os.as_str(), self.arch.as_str()) {
            ("", arch) => arch.to_owned(),
            (os, "") => os.to_owned(),
            (os, arch) => format!("{os} on {arch}"),
        };
        let host = self.name.as_ref().map(|name| format!("host {name}"));
        let parts = [self.processor.clone(), cores, Some(system), host];
        let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// The name of the processor, as the system tells it.
fn processor() -> Option<String> {
    match std::env::consts::OS {
        "macos" => answer("sysctl", &["-n", "machdep.cpu.brand_string"]),
        "windows" => variable("PROCESSOR_IDENTIFIER"),
        _ => file("/proc/cpuinfo")
            .and_then(|text| named(&text))
            .or_else(|| file("/proc/device-tree/model").map(|name| name.trim_matches('\0').to_owned())),
    }
}

/// The processor's name in the text of `/proc/cpuinfo`, whose key differs between architectures.
fn named(cpuinfo: &str) -> Option<String> {
    ["model name", "cpu model", "uarch", "cpu", "Model", "Hardware"].iter().find_map(|wanted| {
        let (_, value) =
            cpuinfo.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim() == *wanted)?;
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        (!value.is_empty()).then_some(value)
    })
}

fn file(path: &str) -> Option<String> {
    let bytes = store::read_optional(Path::new(path)).ok().flatten()?;
    trimmed(&String::from_utf8_lossy(&bytes))
}

fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output();
    let output = output.ok().filter(|output| output.status.success())?;
    trimmed(&String::from_utf8_lossy(&output.stdout))
}

#[expect(clippy::disallowed_methods, reason = "the cli layer reads the environment")]
fn variable(name: &str) -> Option<String> {
    trimmed(&std::env::var(name).ok()?)
}

fn trimmed(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_found_on_several_architectures() {
        let intel = "processor\t: 0\ncpu family\t: 6\nmodel name\t: Intel(R)  Xeon(R) CPU\nprocessor\t: 1\nmodel name\t: other\n";
        assert_eq!(named(intel).as_deref(), Some("Intel(R) Xeon(R) CPU"));
        let board = "processor\t: 0\nBogoMIPS\t: 108.00\nModel\t\t: Raspberry Pi 4 Model B\n";
        assert_eq!(named(board).as_deref(), Some("Raspberry Pi 4 Model B"));
        assert_eq!(
            named("cpu\t\t: POWER9, altivec supported\n").as_deref(),
            Some("POWER9, altivec supported")
        );
        assert_eq!(named("processor\t: 0\nmodel name\t:\n"), None);
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let all = Machine {
            processor: Some("A".to_owned()),
            cores: Some(2),
            name: Some("lab-7".to_owned()),
            ..Machine::of("linux", "x86_64")
        };
        assert_eq!(all.words().as_deref(), Some("A, 2 logical cores, linux on x86_64, host lab-7"));
        assert_eq!(Machine::of("linux", "x86_64").words().as_deref(), Some("linux on x86_64"));
        assert_eq!(Machine::of("", "").words(), None);
        let read: Machine = serde_json::from_str("{\"os\": \"linux\", \"new\": 1}").unwrap();
        assert_eq!(read.words().as_deref(), Some("linux"));
    }

    #[test]
    fn this_machine_has_a_system_and_cores() {
        let here = Machine::here();
        assert_eq!((here.os.as_str(), here.arch.as_str()), (std::env::consts::OS, std::env::consts::ARCH));
        assert!(here.cores.is_some_and(|cores| cores > 0));
    }
}
