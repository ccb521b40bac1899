// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {DatedAccusation} from "./Accusation.sol";

/// @dev A requester passed on, under its signature, the place that an answer had told it.
contract ConductLeakTest is DatedAccusation {
    struct Leak {
        IConduct.ZoneRequest request;
        IConduct.ZoneAnswer answer;
        IConduct.Disclosure disclosure;
    }

    function test_eachFieldOfTheDisclosureChanged_doesNotHold() public {
        for (uint256 field = 0; field < 6; ++field) {
            Leak memory l = _leak(0);
            bytes memory signature = _signed(1, offender, _hash(l.disclosure));
            if (field == 0) l.disclosure.requester = author;
            else if (field == 1) l.disclosure.receiver = author;
            else if (field == 2) l.disclosure.answer = keccak256("other");
            else if (field == 3) ++l.disclosure.place.latitude;
            else if (field == 4) ++l.disclosure.place.longitude;
            else l.disclosure.place.salt = keccak256("other");
            _fails(_bill(l, _signed(0, partner, _hash(l.answer)), signature), l.disclosure.requester);
        }
    }

    function test_eachFieldOfTheAnswerChanged_doesNotHold() public {
        for (uint256 field = 0; field < 5; ++field) {
            Leak memory l = _leak(0);
            bytes memory signature = _signed(0, partner, _hash(l.answer));
            if (field == 0) l.answer.collaborator = author;
            else if (field == 1) l.answer.request = keccak256("other");
            else if (field == 2) ++l.answer.time;
            else if (field == 3) l.answer.place = keccak256("other");
            else l.answer.sealedPlace = keccak256("other");
            l.disclosure.answer = _hash(l.answer);
            _fails(_bill(l, signature, _signed(1, offender, _hash(l.disclosure))), offender);
        }
    }

    function test_eachFieldOfTheRequestChanged_doesNotHold() public {
        for (uint256 field = 0; field < 10; ++field) {
            Leak memory l = _leak(0);
            IConduct.ZoneRequest memory r = l.request;
            if (field == 0) r.requester = author;
            else if (field == 1) r.zone = keccak256("other");
            else if (field == 2) ++r.time;
            else if (field == 3) r.standings = keccak256("other");
            else if (field == 4) ++r.reputation;
            else if (field == 5) ++r.zones;
            else if (field == 6) ++r.size;
            else if (field == 7) ++r.latitude;
            else if (field == 8) ++r.longitude;
            else ++r.radius;
            _fails(_bill(l), offender);
        }
    }

    /// @dev Each is well signed; only what they say of each other is wrong.
    function test_statementsThatDoNotBelongTogether_doNotHold() public {
        Leak memory l = _leak(0);
        l.request = _request(offender, 1);
        _fails(_bill(l), offender);

        l = _leak(0);
        l.request = _request(author, 0); // answered to somebody else
        l.answer = _answer(partner, l.request, _secret());
        l.disclosure.answer = _hash(l.answer);
        _fails(_bill(l), offender);

        l = _leak(0);
        l.disclosure.requester = author; // whose signature it does not bear
        _fails(_bill(l), author);

        l = _leak(0);
        l.disclosure.place = _place(LATITUDE + 1, LONGITUDE); // not what it was told
        _fails(_bill(l), offender);
    }

    function test_disclosedByAnother_doesNotHold() public {
        Leak memory l = _leak(0);
        l.disclosure.requester = author;
        bytes memory signature = _signed(1, author, _hash(l.disclosure));
        _fails(_bill(l, _signed(0, partner, _hash(l.answer)), signature), author);
    }

    function test_toWhomItConcerns_doesNotHold() public {
        Leak memory l = _leak(0);
        l.disclosure.receiver = partner;
        _fails(_bill(l), offender);
        l.disclosure.receiver = offender;
        _fails(_bill(l), offender);
    }

    /// @dev Whoever has seen the place could answer with it too, and have the fine instead of who was betrayed.
    function test_anAnswerThatCopiesThePlace_doesNotHold() public {
        Leak memory l = _leak(0);
        l.answer = _answer(author, l.request, _secret());
        _fails(_bill(l, _signed(0, author, _hash(l.answer)), _signed(1, offender, _hash(l.disclosure))), offender);
        _convicts(_accusation(0), _evidence(0));
    }

    function test_leakedToTwo_convictsTwice() public {
        Leak memory l = _leak(0);
        _convicts(_bill(l), _hash(l.disclosure));
        l.disclosure.receiver = author;
        _convicts(_bill(l), _hash(l.disclosure));
    }

    /// @dev A disclosure says no time: the answer's counts, not the request's.
    function test_theAnswersTime_decidesTheAge() public {
        Leak memory l = _leak(0);
        l.request.time = 0;
        l.answer.request = _hash(l.request);
        l.disclosure.answer = _hash(l.answer);
        _convicts(_bill(l), _hash(l.disclosure));
    }

    function _offence() internal pure override returns (IConduct.Offence) {
        return IConduct.Offence.Leak;
    }

    function _signatures() internal pure override returns (uint256) {
        return 2;
    }

    function _accusation(uint256 n) internal view override returns (bytes memory) {
        return _bill(_leak(n));
    }

    function _evidence(uint256 n) internal view override returns (bytes32) {
        return _hash(_leak(n).disclosure);
    }

    function _wronged() internal view override returns (address) {
        return partner;
    }

    function _secret() private pure returns (IConduct.Place memory) {
        return _place(LATITUDE, LONGITUDE);
    }

    function _leak(uint256 n) private view returns (Leak memory l) {
        l.request = _request(offender, n);
        l.answer = _answer(partner, l.request, _secret());
        l.disclosure = IConduct.Disclosure(offender, stranger, _hash(l.answer), _secret());
    }

    function _bill(Leak memory l) private view returns (bytes memory) {
        return _bill(l, _signed(0, partner, _hash(l.answer)), _signed(1, offender, _hash(l.disclosure)));
    }

    function _bill(Leak memory l, bytes memory first, bytes memory second) private pure returns (bytes memory) {
        return abi.encodeCall(IConduct.accuseLeak, (l.request, l.answer, first, l.disclosure, second));
    }
}
