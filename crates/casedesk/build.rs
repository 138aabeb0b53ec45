//! The pages' bundle is embedded; where it was not built yet, an empty folder lets the program compile.
fn main() -> std::io::Result<()> {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=templates");
    std::fs::create_dir_all("../../web/dist")
}
