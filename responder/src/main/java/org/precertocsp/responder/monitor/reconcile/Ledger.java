package org.precertocsp.responder.monitor.reconcile;

import org.precertocsp.responder.status.SerialList;
import org.precertocsp.responder.status.StatusReader;

/// One side of the comparison.
///
/// @param serials lists what it knows
/// @param statuses tells what it knows of each
public record Ledger(Source source, SerialList serials, StatusReader statuses) {}
