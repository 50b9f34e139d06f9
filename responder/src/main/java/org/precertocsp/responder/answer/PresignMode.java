package org.precertocsp.responder.answer;

/// Which responses of an issuer are signed before they are asked for.
public enum PresignMode {
    /// None: what memory does not hold is signed when asked.
    NONE,
    /// Those that were asked for are kept on disk and renewed in time.
    ASKED,
    /// Every assigned serial has one on disk.
    ALL
}
