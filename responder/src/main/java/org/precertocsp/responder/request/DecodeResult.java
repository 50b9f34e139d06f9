package org.precertocsp.responder.request;

/// The result of decoding a request.
public sealed interface DecodeResult permits OcspRequest, RejectedRequest {}
