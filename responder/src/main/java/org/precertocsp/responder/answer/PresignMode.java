package org.precertocsp.responder.answer;

/// Which responses of an issuer are signed in advance.
public enum PresignMode {
    /// None: an answer that is not in memory is signed on request.
    NONE,
    /// Those that were requested are kept on disk and renewed in time.
    ASKED,
    /// Every assigned serial has one on disk.
    ALL
}
