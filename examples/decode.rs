//! Prints the events of a stream:
//! `curl -sN 'https://hub.example/.well-known/mercure?topic=books' |
//! cargo run -q --example decode --no-default-features --features codec`

use std::{
    error::Error,
    io::{self, Read, Write},
};

use millstream::Decoder;

fn main() -> Result<(), Box<dyn Error>> {
    print(io::stdin(), io::stdout())
}

fn print(mut stream: impl Read, mut output: impl Write) -> Result<(), Box<dyn Error>> {
    let mut decoder = Decoder::new();
    let mut buffer = vec![0; 8 * 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        let chunk = buffer.get(..length).unwrap_or_default();
        if chunk.is_empty() {
            return Ok(());
        }
        let mut written = Ok(());
        decoder.decode(chunk, |event| {
            if written.is_ok() {
                written = writeln!(output, "{}: {}", event.event_type(), event.data());
            }
        })?;
        written?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_is_a_line() {
        let (stream, mut output) =
            (b"data: 1\n\nevent: tick\ndata: 2\n\ndata: cut".as_slice(), Vec::new());
        print(stream, &mut output).unwrap();
        assert_eq!(output, b"message: 1\ntick: 2\n");
    }
}
