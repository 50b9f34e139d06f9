package org.precertocsp.responder.monitor;

import org.precertocsp.responder.status.SerialList;
import org.precertocsp.responder.status.StatusReader;

/// One source of the comparison.
///
/// @param serials lists the serials it knows
/// @param statuses reads what it knows of each
public record ReconcileSource(SourceKind source, SerialList serials, StatusReader statuses) {}
