/**
 * Many teachers behind one source of soft labels. A membership says who they are, and they come and go; work is given by
 * measured rate, what is late is asked of a second teacher, and every batch is delivered once. A teacher that answers wrongly is
 * quarantined. The book-keeping ({@link io.reflux.student.fleet.WorkBook}) knows no network and no clock;
 * {@link io.reflux.student.fleet.FleetSource} joins it with teachers on one event loop.
 */
@NullMarked
package io.reflux.student.fleet;

import org.jspecify.annotations.NullMarked;
