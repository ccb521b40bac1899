// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {DatedAccusation} from "./Accusation.sol";

/// @dev Eq. 14: a request claims a standing that the root it names does not give.
contract ConductStandingTest is DatedAccusation {
    IConduct.Standing[] private _all;
    uint256 private _own;

    function test_eachFieldOfTheRequestChanged_doesNotHold() public {
        for (uint256 field = 0; field < 10; ++field) {
            IConduct.ZoneRequest memory r = _claim(0);
            address accused = offender;
            bytes memory signature = _signed(0, offender, _hash(r));
            if (field == 0) accused = r.requester = partner;
            else if (field == 1) r.zone = keccak256("other");
            else if (field == 2) ++r.time;
            else if (field == 3) r.standings = keccak256("other");
            else if (field == 4) ++r.reputation;
            else if (field == 5) ++r.zones;
            else if (field == 6) ++r.size;
            else if (field == 7) ++r.latitude;
            else if (field == 8) ++r.longitude;
            else ++r.radius;
            _fails(_bill(r, signature, _all[_own], _proofOf(_own)), accused);
        }
    }

    function test_aTrueClaim_doesNotHold() public {
        IConduct.ZoneRequest memory r = _claim(0);
        (r.reputation, r.zones) = (_all[_own].reputation, _all[_own].zones);
        _fails(_bill(r), offender);
    }

    function test_eitherFigureAlone_convicts() public {
        IConduct.ZoneRequest memory r = _claim(0);
        r.reputation = _all[_own].reputation;
        r.zones = _all[_own].zones + 1;
        _convicts(_bill(r), _hash(r));
        r = _claim(1);
        r.reputation = _all[_own].reputation - 1;
        r.zones = _all[_own].zones;
        _convicts(_bill(r), _hash(r));
    }

    function test_anotherMembersStanding_doesNotHold() public {
        IConduct.ZoneRequest memory r = _claim(0);
        for (uint256 i = 0; i < _all.length; ++i) {
            if (i != _own) _fails(_bill(r, _signed(0, offender, _hash(r)), _all[i], _proofOf(i)), offender);
        }
    }

    function test_aStandingThatTheRootDoesNotGive_doesNotHold() public {
        IConduct.ZoneRequest memory r = _claim(0);
        (r.reputation, r.zones) = (_all[_own].reputation, _all[_own].zones);
        bytes memory signature = _signed(0, offender, _hash(r));
        IConduct.Standing memory invented = _all[_own];
        ++invented.reputation;
        _fails(_bill(r, signature, invented, _proofOf(_own)), offender);
        invented = _all[_own];
        ++invented.zones;
        _fails(_bill(r, signature, invented, _proofOf(_own)), offender);
    }

    function test_theWrongPlaceInTheTree_doesNotHold() public {
        IConduct.ZoneRequest memory r = _claim(0);
        IConduct.Proof memory proof = _proofOf(_own);
        for (uint256 i = 0; i < 9; ++i) {
            proof.index = i;
            if (i != _own) _fails(_bill(r, _signed(0, offender, _hash(r)), _all[_own], proof), offender);
        }
    }

    function test_aRootThatNobodyAttested_doesNotHold() public {
        IConduct.Standing[] memory own = new IConduct.Standing[](1);
        own[0] = IConduct.Standing(offender, 1, 1);
        IConduct.ZoneRequest memory r = _claim(0);
        r.standings = _root(_standingLeaves(own));
        bytes memory signature = _signed(0, offender, _hash(r));
        _fails(_bill(r, signature, own[0], _proof(_standingLeaves(own), 0)), offender);
    }

    function test_anEarlierRoot_countsForTheRequestThatNamesIt() public {
        IConduct.ZoneRequest memory r = _claim(0);
        bytes memory accusation = _bill(r);
        IConduct.Standing[] memory later = new IConduct.Standing[](1);
        later[0] = IConduct.Standing(offender, r.reputation, r.zones);
        _attestStandings(later, 0);
        _convicts(accusation, _hash(r));
    }

    function _offence() internal pure override returns (IConduct.Offence) {
        return IConduct.Offence.FalseStanding;
    }

    function _accusation(uint256 n) internal view override returns (bytes memory) {
        return _bill(_claim(n));
    }

    function _evidence(uint256 n) internal view override returns (bytes32) {
        return _hash(_claim(n));
    }

    function _become(address account) internal override {
        super._become(account);
        delete _all;
        address[5] memory accounts = [author, partner, account, attestors[0], attestors[1]];
        for (uint256 i = 0; i < accounts.length; ++i) {
            _all.push(IConduct.Standing(accounts[i], uint32(500_000 + i), uint32(5 + i)));
            for (uint256 k = i; k > 0 && _all[k - 1].member > _all[k].member; --k) {
                IConduct.Standing memory greater = _all[k - 1];
                _all[k - 1] = _all[k];
                _all[k] = greater;
            }
        }
        for (uint256 i = 0; i < _all.length; ++i) {
            if (_all[i].member == account) _own = i;
        }
        _attestStandings(_all, 0);
    }

    /// @dev Of more reputation and zones than it has.
    function _claim(uint256 n) private view returns (IConduct.ZoneRequest memory) {
        return _request(offender, n);
    }

    function _bill(IConduct.ZoneRequest memory r) private view returns (bytes memory) {
        return _bill(r, _signed(0, offender, _hash(r)), _all[_own], _proofOf(_own));
    }

    function _bill(
        IConduct.ZoneRequest memory r,
        bytes memory signature,
        IConduct.Standing memory standing,
        IConduct.Proof memory proof
    ) private pure returns (bytes memory) {
        return abi.encodeCall(IConduct.accuseFalseStanding, (r, signature, standing, proof));
    }

    function _proofOf(uint256 index) private view returns (IConduct.Proof memory) {
        return _proof(_standingLeaves(_all), index);
    }
}
