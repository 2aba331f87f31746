/**
 * Where soft labels come from: a teacher over gRPC, a model in this process, or memory. All answer every batch once.
 */
@NullMarked
package io.reflux.student.source;

import org.jspecify.annotations.NullMarked;
