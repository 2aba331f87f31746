/** {@code reflux quickstart}: the whole of Reflux in a few minutes, on drawn digits and without a download. */
@NullMarked
package io.reflux.app.quickstart;

import org.jspecify.annotations.NullMarked;
