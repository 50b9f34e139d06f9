/// The OCSP endpoint: from the bytes of HTTP requests to the bytes of replies, with its limits. The
/// only package that uses Netty for it.
///
/// Start at [OcspHttpServer], then follow one request: [OcspConnectionHandler] is one connection,
/// with what it may keep and how long it may take. [RequestParser] reads HTTP/1.1, and [OcspTarget]
/// the path of a GET. [EventLoopExchange] answers on the event loop what [FastReplyLookup] has:
/// cached answers, and `unauthorized` for serials that nobody assigned. For all else [OcspService]
/// asks the answer service on threads of its own. Either way the reply is an [HttpReply], which is
/// encoded once.
///
/// The hard idea: there is one parser and one encoder, and the usual case is their first branch,
/// not a second path. A usual request is read in the array it arrived in and makes no object; a
/// request that is unusual or arrives in pieces is read by the same state machine with more steps.
/// So each rule (a limit, a refusal, a header) stands in one place, and a cached answer still costs
/// less than the system calls around it.
///
/// What clients leave unfinished is bounded: [ConnectionLimiter] by number and by address,
/// [ConnectionMemoryBudget] by memory, [ConnectionTimeout] by time. Whatever limit is reached is a
/// typed answer, or closes the connection that is most to blame for it.
@NullMarked
package org.precertocsp.responder.http;

import org.jspecify.annotations.NullMarked;
