/// The OCSP endpoint: from the bytes of HTTP requests to the bytes of replies, with its limits.
/// Only this package uses Netty for it.
///
/// Start at [OcspHttpServer], then follow one request: [OcspConnectionHandler] is one connection,
/// with its limits of memory and time. [RequestParser] reads HTTP/1.1, and [OcspTarget] the path of
/// a GET. [EventLoopExchange] answers on the event loop from [FastReplyLookup]: cached answers, and
/// `unauthorized` for unassigned serials. For all else [OcspService] calls the answer service on
/// its own threads. Either way the reply is an [HttpReply], which is encoded once.
///
/// The hard idea: there is one parser and one encoder, and the usual case is their first branch,
/// not a second path. A usual request is read in the array it arrived in and allocates nothing; a
/// request that is unusual or arrives in pieces is read by the same state machine with more steps.
/// So each rule (a limit, a rejection, a header) stands in one place, and a cached answer still
/// costs less than the system calls around it.
///
/// Unfinished data of clients is bounded: [ConnectionLimiter] by number and by address,
/// [ConnectionMemoryBudget] by memory, [OcspConnectionHandler.ConnectionTimeout] by time. A limit
/// that is reached produces a typed answer, or closes the connection that contributed most to it.
@NullMarked
package org.precertocsp.responder.http;

import org.jspecify.annotations.NullMarked;
