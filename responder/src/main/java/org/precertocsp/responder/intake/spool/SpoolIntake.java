package org.precertocsp.responder.intake.spool;

import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.Feeds;

/// How a server takes files in.
public record SpoolIntake(FeedLoader loader, Feeds feeds, FedIssuer.Directory issuers) {}
