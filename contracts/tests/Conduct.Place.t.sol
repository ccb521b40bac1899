// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {DatedAccusation} from "./Accusation.sol";

/// @dev Eq. 15: an answer's place is not in the area of the request.
contract ConductOutsideTest is DatedAccusation {
    function test_eachFieldOfTheAnswerChanged_doesNotHold() public {
        IConduct.Place memory place = _far();
        for (uint256 field = 0; field < 5; ++field) {
            (IConduct.ZoneRequest memory r, IConduct.ZoneAnswer memory a) = _both(0);
            bytes memory signature = _signed(0, offender, _hash(a));
            if (field == 0) a.collaborator = partner;
            else if (field == 1) a.request = keccak256("other");
            else if (field == 2) ++a.time;
            else if (field == 3) a.place = keccak256("other");
            else a.sealedPlace = keccak256("other");
            _fails(_bill(r, a, signature, place), a.collaborator);
        }
    }

    function test_eachFieldOfTheRequestChanged_doesNotHold() public {
        for (uint256 field = 0; field < 10; ++field) {
            (IConduct.ZoneRequest memory r, IConduct.ZoneAnswer memory a) = _both(0);
            if (field == 0) r.requester = author;
            else if (field == 1) r.zone = keccak256("other");
            else if (field == 2) ++r.time;
            else if (field == 3) r.standings = keccak256("other");
            else if (field == 4) ++r.reputation;
            else if (field == 5) ++r.zones;
            else if (field == 6) ++r.size;
            else if (field == 7) ++r.latitude;
            else if (field == 8) ++r.longitude;
            else --r.radius;
            _fails(_bill(r, a, _signed(0, offender, _hash(a)), _far()), offender);
        }
    }

    function test_eachFieldOfThePlaceChanged_doesNotHold() public {
        (IConduct.ZoneRequest memory r, IConduct.ZoneAnswer memory a) = _both(0);
        for (uint256 field = 0; field < 3; ++field) {
            IConduct.Place memory place = _far();
            if (field == 0) ++place.latitude;
            else if (field == 1) ++place.longitude;
            else place.salt = keccak256("other");
            _fails(_bill(r, a, _signed(0, offender, _hash(a)), place), offender);
        }
    }

    function test_withinRadiusAndSlack_doesNotHold() public {
        IConduct.Place memory place = _far();
        uint256 metres = conduct.distance(LATITUDE, LONGITUDE, place.latitude, place.longitude);
        IConduct.ZoneRequest memory r = _request(partner, 0);
        r.radius = uint32(metres) - SLACK;
        _fails(_billAt(r, place), offender);
        r.radius = type(uint32).max;
        _fails(_billAt(r, place), offender);
        r.radius = uint32(metres) - SLACK - 1;
        _call(author, _billAt(r, place));
        vm.assertEq(conduct.memberOf(offender).offences, 1, "one metre further");
    }

    /// @dev One that is where it says and within the radius is never convicted, wherever and however large.
    function test_honestAnswers_doNotHold(int32 latitude, int32 longitude, uint32 north, uint32 east, uint32 radius)
        public
    {
        int256 lat = int256(_bound(uint256(uint32(latitude)), 0, 160e6)) - 80e6;
        int256 lon = int256(_bound(uint256(uint32(longitude)), 0, 359e6)) - 180e6;
        radius = uint32(_bound(radius, 10, 100_000));
        // A rectangle that is inside the circle: 111,319.5 m are a degree of the equator.
        uint256 side = uint256(radius) * 1e6 / 111_320 * 7 / 10;
        IConduct.ZoneRequest memory r = _request(partner, 0);
        (r.latitude, r.longitude, r.radius) = (int32(lat), int32(lon), radius);
        lat += int256(_bound(north, 0, side));
        lon += int256(_bound(east, 0, side));
        if (lon > 180e6) lon -= 360e6;
        _fails(_billAt(r, _place(int32(lat), int32(lon))), offender);
    }

    function test_aPlaceNotOnEarth_convicts() public {
        IConduct.ZoneRequest memory r = _request(partner, 0);
        r.radius = type(uint32).max;
        int32[2][6] memory places = [
            [int32(90e6 + 1), LONGITUDE],
            [int32(-90e6 - 1), LONGITUDE],
            [LATITUDE, int32(180e6 + 1)],
            [LATITUDE, int32(-180e6 - 1)],
            [type(int32).max, LONGITUDE],
            [LATITUDE, type(int32).min]
        ];
        for (uint256 i = 0; i < places.length; ++i) {
            IConduct.Place memory place = _place(places[i][0], places[i][1]);
            _convicts(_billAt(r, place), _hash(_answer(offender, r, place)));
        }
    }

    function test_anAreaNotOnEarth_doesNotHold() public {
        int32[2][4] memory centres = [
            [int32(90e6 + 1), LONGITUDE],
            [int32(-90e6 - 1), LONGITUDE],
            [LATITUDE, int32(180e6 + 1)],
            [LATITUDE, int32(-180e6 - 1)]
        ];
        for (uint256 i = 0; i < centres.length; ++i) {
            IConduct.ZoneRequest memory r = _request(partner, 0);
            (r.latitude, r.longitude) = (centres[i][0], centres[i][1]);
            _fails(_billAt(r, _far()), offender);
            _fails(_billAt(r, _place(type(int32).max, 0)), offender);
        }
    }

    /// @dev The signer's time counts: a request may be older than its answer.
    function test_theAnswersTime_decidesTheAge() public {
        (IConduct.ZoneRequest memory r, IConduct.ZoneAnswer memory a) = _both(0);
        r.time = 0;
        a.request = _hash(r);
        _convicts(_bill(r, a, _signed(0, offender, _hash(a)), _far()), _hash(a));
    }

    /// @dev One lie is one offence, by whichever bill.
    function test_ofAnAnswerThatConvictedAlready_reverts() public {
        IConduct.Place memory near = _place(LATITUDE, LONGITUDE);
        IConduct.ZoneRequest memory r = _request(partner, 0);
        IConduct.ZoneAnswer memory honest = _answer(offender, r, near);
        (, IConduct.ZoneAnswer memory lie) = _both(0);
        _convicts(_accusation(0), _hash(lie));
        bytes memory speed = abi.encodeCall(
            IConduct.accuseImpossibleSpeed,
            ([honest, lie], [_signed(0, offender, _hash(honest)), _signed(0, offender, _hash(lie))], [near, _far()])
        );
        _refuses(author, speed, abi.encodeWithSelector(IConduct.AlreadyPenalised.selector, _hash(lie)));
    }

    function _offence() internal pure override returns (IConduct.Offence) {
        return IConduct.Offence.OutsideArea;
    }

    function _accusation(uint256 n) internal view override returns (bytes memory) {
        (IConduct.ZoneRequest memory r, IConduct.ZoneAnswer memory a) = _both(n);
        return _bill(r, a, _signed(0, offender, _hash(a)), _far());
    }

    function _evidence(uint256 n) internal view override returns (bytes32) {
        (, IConduct.ZoneAnswer memory a) = _both(n);
        return _hash(a);
    }

    function _wronged() internal view override returns (address) {
        return partner;
    }

    function _both(uint256 n) private view returns (IConduct.ZoneRequest memory r, IConduct.ZoneAnswer memory a) {
        r = _request(partner, n);
        a = _answer(offender, r, _far());
    }

    /// @dev Some 2.2 km off.
    function _far() private pure returns (IConduct.Place memory) {
        return _place(LATITUDE + 20_000, LONGITUDE);
    }

    function _billAt(IConduct.ZoneRequest memory r, IConduct.Place memory place) private view returns (bytes memory) {
        IConduct.ZoneAnswer memory a = _answer(offender, r, place);
        return _bill(r, a, _signed(0, offender, _hash(a)), place);
    }

    function _bill(
        IConduct.ZoneRequest memory r,
        IConduct.ZoneAnswer memory a,
        bytes memory signature,
        IConduct.Place memory place
    ) private pure returns (bytes memory) {
        return abi.encodeCall(IConduct.accuseOutsideArea, (r, a, signature, place));
    }
}

/// @dev Eq. 15: two places are too far apart for the time between them.
contract ConductSpeedTest is DatedAccusation {
    int32 private constant NORTH = 50_000; // some 5.5 km

    function test_eachFieldOfEitherAnswerChanged_doesNotHold() public {
        for (uint256 field = 0; field < 10; ++field) {
            (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) = _pair(0);
            bytes memory first = _signed(0, offender, _hash(a));
            bytes memory second = _signed(1, offender, _hash(b));
            IConduct.ZoneAnswer memory changed = field < 5 ? a : b;
            if (field % 5 == 0) changed.collaborator = partner;
            else if (field % 5 == 1) changed.request = keccak256("other");
            else if (field % 5 == 2) ++changed.time;
            else if (field % 5 == 3) changed.place = keccak256("other");
            else changed.sealedPlace = keccak256("other");
            _fails(_bill(a, b, first, second, _here(), _there()), a.collaborator);
        }
    }

    function test_eachFieldOfEitherPlaceChanged_doesNotHold() public {
        (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) = _pair(0);
        for (uint256 field = 0; field < 6; ++field) {
            (IConduct.Place memory here, IConduct.Place memory there) = (_here(), _there());
            IConduct.Place memory changed = field < 3 ? here : there;
            if (field % 3 == 0) ++changed.latitude;
            else if (field % 3 == 1) ++changed.longitude;
            else changed.salt = keccak256("other");
            _fails(_bill(a, b, here, there), offender);
        }
    }

    function test_placesOrSignaturesSwapped_doNotHold() public {
        (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) = _pair(0);
        _fails(_bill(a, b, _there(), _here()), offender);
        bytes memory first = _signed(0, offender, _hash(a));
        bytes memory second = _signed(1, offender, _hash(b));
        _fails(_bill(a, b, second, first, _here(), _there()), offender);
    }

    function test_twoMembers_doNotHold() public {
        (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) = _pair(0);
        b.collaborator = partner;
        bytes memory second = _signed(1, partner, _hash(b));
        _fails(_bill(a, b, _signed(0, offender, _hash(a)), second, _here(), _there()), offender);
        second = _signed(1, offender, _hash(b));
        _fails(_bill(a, b, _signed(0, offender, _hash(a)), second, _here(), _there()), offender);
    }

    function test_oneAnswerTwice_doesNotHold() public {
        (IConduct.ZoneAnswer memory a,) = _pair(0);
        _fails(_bill(a, a, _here(), _here()), offender);
    }

    /// @dev In 10 s 700 m and the slack of 250 m.
    function test_exactlyAsFarAsOneCanTravel_doesNotHold() public {
        int32 north = 8_000;
        while (conduct.distance(LATITUDE, LONGITUDE, LATITUDE + north, LONGITUDE) < 10 * SPEED + SLACK) {
            ++north;
        }
        (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) = _pair(0);
        IConduct.Place memory there = _place(LATITUDE + north, LONGITUDE);
        b.place = _hash(there);
        b.time = a.time - 10;
        _fails(_bill(a, b, _here(), there), offender);
        _fails(_bill(b, a, there, _here()), offender);
        a.time += 20;
        b.time += 20;
        _fails(_bill(a, b, _here(), there), offender);
        --a.time; // 9 s, and so too far
        uint256 snapshot = vm.snapshotState();
        _convicts(_bill(a, b, _here(), there), _hash(a), _hash(b));
        vm.revertToState(snapshot);
        _convicts(_bill(b, a, there, _here()), _hash(b), _hash(a));
        ++a.time;
        while (conduct.distance(LATITUDE, LONGITUDE, LATITUDE + north, LONGITUDE) == 10 * SPEED + SLACK) {
            ++north;
        }
        there = _place(LATITUDE + north, LONGITUDE);
        b.place = _hash(there);
        _convicts(_bill(a, b, _here(), there), _hash(a), _hash(b));
    }

    /// @dev Any two places that one reaches at the permitted speed.
    function test_honestTravel_doesNotHold(uint32 latitude, uint32 longitude, uint32 seconds_, bool back) public {
        int256 lat = int256(_bound(latitude, 0, 150e6)) - 80e6;
        int256 lon = int256(_bound(longitude, 0, 358e6)) - 180e6;
        uint256 elapsed = _bound(seconds_, 0, 3600);
        // As far to the north and to the east as are within the way: 111,319.5 m are a degree of the equator.
        int256 side = int256(elapsed * SPEED * 1e6 / 111_320 * 7 / 10);
        (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) = _pair(0);
        IConduct.Place memory here = _place(int32(lat), int32(lon));
        lon += side;
        IConduct.Place memory there = _place(int32(lat + side), int32(lon > 180e6 ? lon - 360e6 : lon));
        (a.place, b.place) = (_hash(here), _hash(there));
        if (back) b.time = uint64(a.time - elapsed);
        else b.time = uint64(a.time + elapsed);
        _fails(_bill(a, b, here, there), offender);
    }

    function test_placesNotOnEarth_doNotHold() public {
        IConduct.Place memory nowhere = _place(90e6 + 1, LONGITUDE);
        (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) = _pair(0);
        b.place = _hash(nowhere);
        _fails(_bill(a, b, _here(), nowhere), offender);
        _fails(_bill(b, a, nowhere, _here()), offender);
        nowhere = _place(LATITUDE, -180e6 - 1);
        b.place = _hash(nowhere);
        _fails(_bill(a, b, _here(), nowhere), offender);
        _fails(_bill(b, a, nowhere, _here()), offender);
    }

    /// @dev However far the times are apart, nothing overflows: the way is long enough for anywhere.
    function test_extremeTimes() public {
        (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) = _pair(0);
        b.time = type(uint64).max;
        _fails(_bill(a, b, _here(), _there()), offender);
        _fails(_bill(b, a, _there(), _here()), offender);
        a.time = 0;
        bytes memory tooOld = abi.encodeWithSelector(IConduct.TooOld.selector, 0);
        _refuses(author, _bill(a, b, _here(), _there()), tooOld);
        _refuses(author, _bill(b, a, _there(), _here()), tooOld);
    }

    function test_theOlderAnswer_decidesTheAge() public {
        (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) = _pair(0);
        ++b.time;
        vm.warp(uint256(a.time) + KEEPING + 1);
        bytes memory tooOld = abi.encodeWithSelector(IConduct.TooOld.selector, a.time);
        _refuses(author, _bill(a, b, _here(), _there()), tooOld);
        _refuses(author, _bill(b, a, _there(), _here()), tooOld);
        vm.warp(uint256(a.time) + KEEPING);
        _convicts(_bill(a, b, _here(), _there()), _hash(a), _hash(b));
    }

    function test_replay_swappedOrInAnotherPair_reverts() public {
        (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) = _pair(0);
        (, IConduct.ZoneAnswer memory c) = _pair(1);
        IConduct.Place memory mid = _place(LATITUDE + NORTH / 2, LONGITUDE);
        c.place = _hash(mid);
        _convicts(_bill(a, b, _here(), _there()), _hash(a), _hash(b));
        bytes memory usedA = abi.encodeWithSelector(IConduct.AlreadyPenalised.selector, _hash(a));
        bytes memory usedB = abi.encodeWithSelector(IConduct.AlreadyPenalised.selector, _hash(b));
        _refuses(author, _bill(b, a, _there(), _here()), usedA);
        _refuses(author, _bill(a, c, _here(), mid), usedA);
        _refuses(author, _bill(c, a, mid, _here()), usedA);
        _refuses(author, _bill(b, c, _there(), mid), usedB);
        _refuses(author, _bill(c, b, mid, _there()), usedB);
        vm.assertEq(conduct.memberOf(offender).offences, 1);
    }

    function test_aBillThatDoesNotHold_usesNothingUp() public {
        (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) = _pair(0);
        _call(author, _bill(a, b, _here(), _here()));
        _call(author, _bill(b, a, _here(), _here()));
        _convicts(_bill(a, b, _here(), _there()), _hash(a), _hash(b));
    }

    function _offence() internal pure override returns (IConduct.Offence) {
        return IConduct.Offence.ImpossibleSpeed;
    }

    function _signatures() internal pure override returns (uint256) {
        return 2;
    }

    function _accusation(uint256 n) internal view override returns (bytes memory) {
        (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) = _pair(n);
        return _bill(a, b, _here(), _there());
    }

    function _evidence(uint256 n) internal view override returns (bytes32) {
        (IConduct.ZoneAnswer memory a,) = _pair(n);
        return _hash(a);
    }

    function _other(uint256 n) internal view override returns (bytes32) {
        (, IConduct.ZoneAnswer memory b) = _pair(n);
        return _hash(b);
    }

    function _pair(uint256 n) private view returns (IConduct.ZoneAnswer memory a, IConduct.ZoneAnswer memory b) {
        a = _answer(offender, _request(partner, 2 * n), _here());
        b = _answer(offender, _request(partner, 2 * n + 1), _there());
    }

    function _here() private pure returns (IConduct.Place memory) {
        return _place(LATITUDE, LONGITUDE);
    }

    function _there() private pure returns (IConduct.Place memory) {
        return _place(LATITUDE + NORTH, LONGITUDE);
    }

    function _bill(
        IConduct.ZoneAnswer memory a,
        IConduct.ZoneAnswer memory b,
        IConduct.Place memory here,
        IConduct.Place memory there
    ) private view returns (bytes memory) {
        return _bill(a, b, _signed(0, offender, _hash(a)), _signed(1, offender, _hash(b)), here, there);
    }

    function _bill(
        IConduct.ZoneAnswer memory a,
        IConduct.ZoneAnswer memory b,
        bytes memory first,
        bytes memory second,
        IConduct.Place memory here,
        IConduct.Place memory there
    ) private pure returns (bytes memory) {
        return abi.encodeCall(IConduct.accuseImpossibleSpeed, ([a, b], [first, second], [here, there]));
    }
}
