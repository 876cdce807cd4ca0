//! Smithy's RPC v2 protocol with CBOR, as boto3 and the Rust SDK speak it with CloudWatch ("Smithy RPC v2 CBOR protocol"): the body is a map of the
//! operation's members.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use minicbor::data::Type;
use minicbor::decode::Error;
use minicbor::{Decoder, Encoder};
use serde_json::{Map, Value, json};

/// Deeper than any operation's members.
const DEEPEST: u8 = 16;

/// Reads a body as JSON would have it. Times become seconds since 1970; bytes, which no input here has, are left out.
pub fn read(body: &[u8]) -> Option<Value> {
    value(&mut Decoder::new(body), DEEPEST).ok()
}

fn value(decoder: &mut Decoder<'_>, deepest: u8) -> Result<Value, Error> {
    let deeper = deepest.checked_sub(1).ok_or_else(|| Error::message("too deep"))?;
    Ok(match decoder.datatype()? {
        Type::Bool => json!(decoder.bool()?),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => json!(decoder.u64()?),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => json!(decoder.i64()?),
        Type::F16 => json!(decoder.f16()?),
        Type::F32 => json!(decoder.f32()?),
        Type::F64 => json!(decoder.f64()?),
        Type::String => json!(decoder.str()?),
        Type::StringIndef => json!(decoder.str_iter()?.collect::<Result<String, Error>>()?),
        Type::Tag => {
            decoder.tag()?;
            value(decoder, deeper)?
        }
        Type::Array | Type::ArrayIndef => {
            let length = decoder.array()?;
            let mut items = Vec::new();
            while has_more(decoder, length, items.len())? {
                items.push(value(decoder, deeper)?);
            }
            Value::Array(items)
        }
        Type::Map | Type::MapIndef => {
            let length = decoder.map()?;
            let mut fields = Map::new();
            let mut read = 0;
            while has_more(decoder, length, read)? {
                let name = value(decoder, deeper)?;
                let member = value(decoder, deeper)?;
                fields.extend(name.as_str().map(|name| (name.to_owned(), member)));
                read += 1;
            }
            Value::Object(fields)
        }
        _ => {
            decoder.skip()?;
            Value::Null
        }
    })
}

/// Whether a collection goes on: it says how long it is, or ends with a break.
fn has_more(decoder: &mut Decoder<'_>, length: Option<u64>, read: usize) -> Result<bool, Error> {
    match length {
        Some(length) => Ok((read as u64) < length),
        None if decoder.datatype()? == Type::Break => decoder.skip().map(|()| false),
        None => Ok(true),
    }
}

/// An answer with one member, which is bytes.
pub fn bytes(member: &str, content: &[u8]) -> Response {
    let mut body = Vec::new();
    let mut encoder = Encoder::new(&mut body);
    // Writing to a Vec can't fail.
    let _ = encoder.map(1).and_then(|encoder| encoder.str(member)).and_then(|encoder| encoder.bytes(content));
    response(StatusCode::OK, body)
}

/// An error.
pub fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let mut body = Vec::new();
    let mut encoder = Encoder::new(&mut body);
    let _ = encoder.map(2).and_then(|encoder| encoder.str("__type")?.str(code)?.str("message")?.str(message));
    response(status, body)
}

fn response(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(CONTENT_TYPE.as_str(), "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")], Body::from(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_however_long_their_map_says_it_is() {
        let mut body = Vec::new();
        let mut encoder = Encoder::new(&mut body);
        encoder.begin_map().unwrap().str("AlarmName").unwrap().str("a").unwrap();
        encoder.str("AlarmNames").unwrap().begin_array().unwrap().str("b").unwrap().str("c").unwrap().end().unwrap();
        encoder.str("Threshold").unwrap().f64(1.5).unwrap().str("Period").unwrap().u32(60).unwrap();
        encoder.str("StartTime").unwrap().tag(minicbor::data::Tag::new(1)).unwrap().u32(7).unwrap();
        encoder.str("Nothing").unwrap().null().unwrap().end().unwrap();
        let expected = json!({"AlarmName": "a", "AlarmNames": ["b", "c"], "Threshold": 1.5, "Period": 60, "StartTime": 7, "Nothing": null});
        assert_eq!(read(&body), Some(expected));
    }

    #[test]
    fn what_is_no_cbor_is_nothing() {
        for body in [&b""[..], b"\xbf", b"\x81", &[0x81; 100]] {
            assert_eq!(read(body), None);
        }
    }
}
