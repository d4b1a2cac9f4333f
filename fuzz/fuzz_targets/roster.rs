//! Rosters: any bytes are a table or are refused, and whatever a table holds can be checked and marked.
#![no_main]

use roster::check::check;
use roster::field::Mapping;
use roster::finding::Fault;
use roster::{likeness, marked, table};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(table) = table::read(bytes) else { return };
    let checked = check(&table, &Mapping::of_headings(&table.headings));
    let _marked = marked::write(&table, &checked.findings, Fault::zh);
    if let [first, .., last] = checked.students.as_slice() {
        let _same = likeness::compare(&first.name.plain, &last.name.plain);
    }
});
