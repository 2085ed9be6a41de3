// Fourier transforms and polynomials of series. Each gives false (null) where the series are no arrays of numbers.
// Source: the pages of series_fft(), series_ifft() and series_fit_poly() in Kusto's documentation.
#pragma once
#include <cstdint>
#include <string>

#include "hunt/functions/runtime/json.h"
#include "store/engine.h"

namespace merlon::hunt {

// [real part, imaginary part]; `imaginary` may be null. The inverse divides by the length.
bool series_fft(Json real, Json imaginary, bool inverse, std::string& out);
// [rsquare, coefficients from the highest power down, variance, rvariance, poly_fit]; x null: 1, 2, 3 ...
bool series_fit_poly(Json y, Json x, std::int64_t degree, std::string& out);

void add_series_transforms(std::vector<store::ScalarFunction>&);

}  // namespace merlon::hunt
