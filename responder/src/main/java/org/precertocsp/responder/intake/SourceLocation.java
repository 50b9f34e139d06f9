package org.precertocsp.responder.intake;

/// The location of a record in a file or log.
public sealed interface SourceLocation {
    /// @param number from 1
    record Line(long number) implements SourceLocation {
        @Override
        public String toString() {
            return "line " + number;
        }
    }

    /// @param bytes from the start of the file (of the DER, for PEM)
    record Offset(long bytes) implements SourceLocation {
        @Override
        public String toString() {
            return "offset " + bytes;
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

    /// An entry of a Certificate Transparency log.
    ///
    /// @param index from 0
    record Entry(long index) implements SourceLocation {
        @Override
        public String toString() {
            return "entry " + index;
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
