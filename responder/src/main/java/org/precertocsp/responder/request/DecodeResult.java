package org.precertocsp.responder.request;

/// What came of a request's bytes.
public sealed interface DecodeResult permits OcspRequest, RejectedRequest {}
