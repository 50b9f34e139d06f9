/// OpenTelemetry traces of requests, calls of the private API and loads, sent to a collector by
/// OTLP over HTTP.
///
/// Start at [TracingExporter], which owns the provider and the exporter; [RequestTracing] wraps the
/// layers of the answer chain, [SignatureTracing] the signers. Requests that an event loop answers
/// at once are not traced: they have no parts, and deciding would cost more than some of them take.
///
/// The hard part is that a collector must never slow an answer down: spans wait in a bounded queue,
/// one thread sends them, and spans that find the queue full are dropped and counted
/// ([TracingExporter.BoundedSpanProcessor]). Spans contain counts and a few fixed words, never a
/// serial or anything else a client sent.
///
/// The only package that uses OpenTelemetry. The wiring calls it; the traced classes do not depend
/// on it.
@NullMarked
package org.precertocsp.responder.tracing;

import org.jspecify.annotations.NullMarked;
