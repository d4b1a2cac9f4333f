//! The program: from a camera photo to a judged and sealed graduation portrait.

fn main() {}
