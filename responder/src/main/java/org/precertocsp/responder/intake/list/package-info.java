/// Reads lists of serials as text: comma-separated values, and OpenSSL's index.txt.
///
/// Start at [CsvFeed] or [IndexFeed]; each splits a file into rows and passes them to a parser,
/// [CsvRowParser] or [IndexFeed.IndexRowParser], that makes a status change of one row or rejects
/// it with its line number, and continues.
///
/// The hard idea is that spreadsheets and databases change serials silently: they round them, write
/// them as `1E+20`, or leave zeros after fifteen digits. [CsvRowParser.CsvSerialParser] rejects
/// such a cell, and a whole file of decimal numbers where hexadecimal ones are expected, since a
/// serial that is misread would revoke the wrong certificate.
@NullMarked
package org.precertocsp.responder.intake.list;

import org.jspecify.annotations.NullMarked;
