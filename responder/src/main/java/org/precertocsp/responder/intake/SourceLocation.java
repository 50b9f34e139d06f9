package org.precertocsp.responder.intake;

/// The location of a record in a file.
public sealed interface SourceLocation {
    /// @param number from 1
    record Line(long number) implements SourceLocation {
        @Override
        public String toString() {
            return "line " + number;
        }
    }

    /// @param octets offset in bytes from the start of the file (of the DER, for PEM)
    record Offset(long octets) implements SourceLocation {
        @Override
        public String toString() {
            return "offset " + octets;
        }
    }

    /// One certificate of a bundle.
    ///
    /// @param number from 1
    record Block(long number) implements SourceLocation {
        @Override
        public String toString() {
            return "block " + number;
        }
    }

    /// The file as a whole.
    record WholeFile() implements SourceLocation {
        @Override
        public String toString() {
            return "file";
        }
    }
}
