// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Distances on the Earth, from below
/// @notice A way on the ellipsoid (WGS 84) is nowhere shorter than on a sphere of its least radius of curvature, there a
/// great circle not shorter than its chord, chord² = 4R²(sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2)), and
/// sin x >= x − x³/6 + x⁵/120 − x⁷/5040 up to a right angle; every step rounds down. Up to 100 km the result is below the
/// great circle of the mean sphere by less than 0.6 %.
library Geography {
    /// @dev In millionths of a degree.
    int256 internal constant MAX_LATITUDE = 90e6;
    int256 internal constant MAX_LONGITUDE = 180e6;

    /// @dev In metres: the meridian's at the equator, a(1 − e²). The poles' radius would be too long: along a meridian a
    /// degree of latitude is shortest at the equator.
    uint256 private constant LEAST_RADIUS = 6_335_439;
    uint256 private constant ONE = 1e12;
    /// @dev A millionth of a degree in radians, times 1e18, rounded down.
    uint256 private constant MICRODEGREE = 17_453_292_519;

    function isPlace(int32 latitude, int32 longitude) internal pure returns (bool) {
        return latitude >= -MAX_LATITUDE && latitude <= MAX_LATITUDE && longitude >= -MAX_LONGITUDE
            && longitude <= MAX_LONGITUDE;
    }

    /// @dev Both have to be places.
    function distance(int32 latitude, int32 longitude, int32 otherLatitude, int32 otherLongitude)
        internal
        pure
        returns (uint256 metres)
    {
        uint256 north = _sine(_gap(latitude, otherLatitude) * MICRODEGREE / 2e6);
        uint256 turn = _gap(longitude, otherLongitude);
        uint256 east = _sine(Math.min(turn, 360e6 - turn) * MICRODEGREE / 2e6);
        uint256 squared = north * north + _cosine(latitude) * _cosine(otherLatitude) * east / ONE * east / ONE;
        return 2 * LEAST_RADIUS * Math.sqrt(squared) / ONE;
    }

    function _gap(int256 left, int256 right) private pure returns (uint256) {
        return left > right ? uint256(left - right) : uint256(right - left);
    }

    function _cosine(int256 latitude) private pure returns (uint256) {
        return _sine((90e6 - _gap(latitude, 0)) * MICRODEGREE / 1e6);
    }

    /// @dev Of an angle in radians, times 1e12 as the result is.
    function _sine(uint256 x) private pure returns (uint256) {
        uint256 square = Math.ceilDiv(x * x, ONE);
        uint256 above = x + x ** 5 / (120 * ONE ** 4);
        return above - Math.ceilDiv(x ** 3, 6 * ONE * ONE) - Math.ceilDiv(x * square ** 3, 5040 * ONE ** 3);
    }
}
